-- The tables of a shipment of records, made of a generation. Before them stand: shipment_policy (is_moved: whether days are
-- moved to the first of the month of the procedure), and person_codes, procedure_codes, operator_codes (given, code).

-- name: policy
create temp table shipment_policy as select cast($is_moved as boolean) as is_moved;

-- name: given_people
select patients.patient_key from patients
union
select pain_scores.patient_key from pain_scores
union
select outcomes.patient_key from outcomes;

-- name: given_procedures
select procedures.procedure_id from procedures
union
select treated_levels.procedure_id from treated_levels
union
select score_assignments.procedure_id from score_assignments
where score_assignments.procedure_id is not null
union
select complications.procedure_id from complications
union
select contacts.procedure_id from contacts;

-- name: given_operators
select distinct procedures.operator from procedures
where procedures.operator is not null;

-- name: moves
-- How much earlier a procedure and everything about it is told: whole days, and so that a start is at 12:00.
create temp table moves as
select
    procedures.procedure_id,
    procedures.started_at is not null as has_start,
    cast(case when shipment_policy.is_moved then day(procedures.performed_on) - 1 else 0 end as integer) as days,
    case
        when not shipment_policy.is_moved then interval 0 seconds
        when procedures.started_at is null then to_days(day(procedures.performed_on) - 1)
        else procedures.started_at - (date_trunc('month', procedures.performed_on) + interval 12 hours)
    end as clock
from procedures
cross join shipment_policy;

-- name: patients
-- A day of death follows from a procedure that was moved and the days to it: no two months tell a day together.
create temp view shipped_patients as
with deaths as (
    select
        outcomes.patient_key,
        max_by(outcomes.performed_on - moves.days + outcomes.any_death_day, outcomes.performed_on) as died_on
    from outcomes
    inner join moves on outcomes.procedure_id = moves.procedure_id
    where outcomes.any_death_day is not null
    group by outcomes.patient_key
)

select
    patients.* replace (
        person_codes.code as patient_key,
        case
            when shipment_policy.is_moved
                then cast(date_trunc('month', coalesce(deaths.died_on, patients.died_on)) as date)
            else patients.died_on
        end as died_on
    )
from patients
inner join person_codes on patients.patient_key = person_codes.given
left join deaths on patients.patient_key = deaths.patient_key
cross join shipment_policy;

-- name: procedures
create temp view shipped_procedures as
select
    procedures.* replace (
        procedure_codes.code as procedure_id,
        person_codes.code as patient_key,
        operator_codes.code as operator,
        procedures.performed_on - moves.days as performed_on,
        procedures.started_at - moves.clock as started_at,
        procedures.discharged_on - moves.days as discharged_on,
        procedures.pre_call_on - moves.days as pre_call_on,
        /*each procedures stored date: procedures.{name} - moves.days as {name},*/
        case
            when shipment_policy.is_moved and not moves.has_start
                then date_trunc('day', procedures.pre_call_at - moves.clock) + interval 12 hours
            else procedures.pre_call_at - moves.clock
        end as pre_call_at
    )
from procedures
inner join moves on procedures.procedure_id = moves.procedure_id
inner join procedure_codes on procedures.procedure_id = procedure_codes.given
inner join person_codes on procedures.patient_key = person_codes.given
left join operator_codes on procedures.operator = operator_codes.given
cross join shipment_policy;

-- name: treated_levels
create temp view shipped_treated_levels as
select treated_levels.* replace (procedure_codes.code as procedure_id)
from treated_levels
inner join procedure_codes on treated_levels.procedure_id = procedure_codes.given;

-- name: score_numbers
create temp table score_numbers as
with placed as (
    select
        score_assignments.score_id,
        min(procedures.performed_on - moves.days + score_assignments.offset_days) as measured_on
    from score_assignments
    inner join procedures on score_assignments.procedure_id = procedures.procedure_id
    inner join moves on score_assignments.procedure_id = moves.procedure_id
    group by score_assignments.score_id
),

told as (
    select
        pain_scores.score_id,
        pain_scores.score,
        pain_scores.context,
        person_codes.code,
        case
            when shipment_policy.is_moved
                then cast(date_trunc('month', coalesce(placed.measured_on, pain_scores.measured_on)) as date)
            else pain_scores.measured_on
        end as measured_on
    from pain_scores
    inner join person_codes on pain_scores.patient_key = person_codes.given
    left join placed on pain_scores.score_id = placed.score_id
    cross join shipment_policy
)

select
    told.score_id,
    told.code,
    told.measured_on,
    row_number() over (
        order by told.code, told.measured_on, told.context, told.score, hash(told.score_id)
    ) as number
from told;

-- name: pain_scores
create temp view shipped_pain_scores as
select
    pain_scores.* replace (
        score_numbers.number as score_id,
        score_numbers.code as patient_key,
        score_numbers.measured_on as measured_on
    )
from pain_scores
inner join score_numbers on pain_scores.score_id = score_numbers.score_id;

-- name: score_assignments
create temp view shipped_score_assignments as
select
    score_assignments.* replace (
        score_numbers.number as score_id,
        procedure_codes.code as procedure_id
    )
from score_assignments
inner join score_numbers on score_assignments.score_id = score_numbers.score_id
left join procedure_codes on score_assignments.procedure_id = procedure_codes.given;

-- name: complications
-- An event of a procedure that is not loaded has nothing to be moved with: its month is told.
create temp view shipped_complications as
with told as (
    select
        complications.* replace (
            procedure_codes.code as procedure_id,
            case
                when moves.procedure_id is null and shipment_policy.is_moved
                    then cast(date_trunc('month', complications.occurred_on) as date)
                else complications.occurred_on - coalesce(moves.days, 0)
            end as occurred_on
        )
    from complications
    inner join procedure_codes on complications.procedure_id = procedure_codes.given
    left join moves on complications.procedure_id = moves.procedure_id
    cross join shipment_policy
)

select
    told.* replace (
        row_number() over (
            order by told.procedure_id, told.occurred_on, told.type, told.severity, hash(told.complication_id)
        ) as complication_id
    )
from told;

-- name: contacts
-- Of calls before a procedure how many hours before counts; of others the day does.
create temp view shipped_contacts as
with told as (
    select
        contacts.* replace (
            procedure_codes.code as procedure_id,
            case
                when not shipment_policy.is_moved then contacts.happened_at
                when contacts.kind = 'pre_call' and moves.has_start then contacts.happened_at - moves.clock
            end as happened_at,
            case
                when moves.procedure_id is null and shipment_policy.is_moved
                    then cast(date_trunc('month', contacts.happened_on) as date)
                else contacts.happened_on - coalesce(moves.days, 0)
            end as happened_on
        )
    from contacts
    inner join procedure_codes on contacts.procedure_id = procedure_codes.given
    left join moves on contacts.procedure_id = moves.procedure_id
    cross join shipment_policy
)

select
    told.* replace (
        row_number() over (
            order by told.procedure_id, told.happened_on, told.kind, told.happened_at, hash(told.contact_id)
        ) as contact_id
    )
from told;

-- name: counts
create temp view shipped_counts as select * from counts;

-- name: outcomes
-- With the clock of its source, days of observation would tell the day of a procedure: of them the longest span leaves
-- that any metric asks for.
create temp view shipped_outcomes as
with told as (
    select
        outcomes.* replace (
            procedure_codes.code as procedure_id,
            person_codes.code as patient_key,
            operator_codes.code as operator,
            outcomes.performed_on - moves.days as performed_on,
            case
                when not shipment_policy.is_moved then outcomes.observed_days
                else greatest(
                    case
                        when outcomes.observed_days >= 365 then 365
                        when outcomes.observed_days >= 90 then 90
                        when outcomes.observed_days >= 84 then 84
                        when outcomes.observed_days >= 30 then 30
                        when outcomes.observed_days >= 15 then 15
                        when outcomes.observed_days >= 7 then 7
                        when outcomes.observed_days >= 0 then 0
                        else -1
                    end,
                    case
                        when outcomes.observed_days >= outcomes.discharge_day + 30 then outcomes.discharge_day + 30
                        when outcomes.observed_days >= outcomes.discharge_day + 7 then outcomes.discharge_day + 7
                        else -1
                    end
                )
            end as observed_days
        )
    from outcomes
    inner join moves on outcomes.procedure_id = moves.procedure_id
    inner join procedure_codes on outcomes.procedure_id = procedure_codes.given
    inner join person_codes on outcomes.patient_key = person_codes.given
    left join operator_codes on outcomes.operator = operator_codes.given
    cross join shipment_policy
)

select
    told.* replace (
        cast(row_number() over (order by told.performed_on, told.site, told.procedure_id) as integer) as outcome_no
    )
from told;

-- name: pain_outcomes
create temp view shipped_pain_outcomes as
select pain_outcomes.* replace (procedure_codes.code as procedure_id)
from pain_outcomes
inner join procedure_codes on pain_outcomes.procedure_id = procedure_codes.given;

-- name: source_files
create temp view shipped_source_files as
select
    source_files.* replace (
        case
            when shipment_policy.is_moved then cast(date_trunc('month', source_files.received_at) as timestamp)
            else source_files.received_at
        end as received_at
    )
from source_files
cross join shipment_policy;

-- name: source_clocks
create temp view shipped_source_clocks as select * from source_clocks;

-- name: senders
create temp view shipped_senders as select * from senders;

-- name: check_results
create temp view shipped_check_results as select * from check_results;
