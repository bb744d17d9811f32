-- Facts of each procedure, gathered kind by kind. Days count from D0 = 0.

create or replace temp table level_facts as
with treated as (
    select
        keyed_procedures.procedure_no,
        cast(unnest(keyed_procedures.vertebrae) as vertebra) as vertebra
    from keyed_procedures
),

zones as (
    select
        treated.procedure_no,
        case
            when treated.vertebra between cast('T1' as vertebra) and cast('T9' as vertebra) then 'thoracic'
            when
                treated.vertebra between cast('T10' as vertebra) and cast('L2' as vertebra)
                then 'thoraco-lumbar'
            when treated.vertebra between cast('L3' as vertebra) and cast('L5' as vertebra) then 'lumbar'
            else 'other'
        end as region
    from treated
)

select
    zones.procedure_no,
    count(*) as level_count,
    case when min(zones.region) = max(zones.region) then min(zones.region) else 'several' end as region
from zones
group by zones.procedure_no;

-- Death and readmission count for the latest procedure at or before them.
create or replace temp table later_events as
with readmissions as (
    select distinct
        keyed_procedures.patient_key,
        keyed_procedures.readmitted_date
    from keyed_procedures
    where keyed_procedures.readmitted_date is not null
)

select
    keyed_procedures.procedure_no,
    min(readmissions.readmitted_date) as readmitted_on,
    any_value(patients.died_on) as any_death_on,
    any_value(
        case
            when
                patients.died_on >= keyed_procedures.performed_date
                and (
                    keyed_procedures.next_performed_date is null
                    or keyed_procedures.next_performed_date > patients.died_on
                )
                then patients.died_on
        end
    ) as died_on
from keyed_procedures
inner join patients on keyed_procedures.patient_key = patients.patient_key
left join readmissions
    on
        keyed_procedures.patient_key = readmissions.patient_key
        and keyed_procedures.performed_date <= readmissions.readmitted_date
        and (
            keyed_procedures.next_performed_date is null
            or keyed_procedures.next_performed_date > readmissions.readmitted_date
        )
group by keyed_procedures.procedure_no;

-- Every row that says that somebody is dead: of the person itself, or a stay that ended by death.
create or replace temp table said_dead as
with numbered as (
    select
        live_people.source,
        live_people.patient_id,
        live_people.source_file_id,
        live_people.source_row,
        live_people.source_line,
        live_people.is_cell
    from live_people
    where live_people.is_dead
    union all
    select
        live_stays.source,
        live_stays.patient_id,
        live_stays.source_file_id,
        live_stays.source_row,
        live_stays.source_line,
        live_stays.is_cell
    from live_stays
    where live_stays.disposition = 'died'
)

select
    patient_identities.key as patient_key,
    numbered.source_file_id,
    numbered.source_row,
    numbered.source_line,
    numbered.is_cell
from numbered
left join merged_people
    on numbered.source = merged_people.source and numbered.patient_id = merged_people.patient_id
inner join patient_identities
    on
        numbered.source = patient_identities.source
        and coalesce(merged_people.survivor, numbered.patient_id) = patient_identities.number
union all
select
    keyed_procedures.patient_key,
    keyed_procedures.source_file_id,
    keyed_procedures.source_row,
    keyed_procedures.source_line,
    keyed_procedures.is_cell
from keyed_procedures
where keyed_procedures.disposition = 'died';

-- People who are said to be dead, and of whom nobody says when.
create or replace temp table dead_without_day as
select distinct patients.patient_key
from said_dead
inner join patients on said_dead.patient_key = patients.patient_key
where patients.died_on is null;

-- First day of each kind of event on or after D0. Serious: SIR class C to F or CIRSE grade 3 or more.
create or replace temp table complication_facts as
with dated as (
    select
        complications.*,
        keyed_procedures.procedure_no,
        date_diff('day', keyed_procedures.performed_date, complications.occurred_on) as day,
        (complications.scale = 'sir' and complications.severity in ('C', 'D', 'E', 'F'))
        or (complications.scale = 'cirse' and complications.severity in ('3', '4', '5', '6')) as is_serious
    from complications
    inner join keyed_procedures on complications.procedure_id = keyed_procedures.procedure_key
    where complications.occurred_on >= keyed_procedures.performed_date
)

select
    dated.procedure_no,
    min(dated.day) filter (
        where dated.type <> 'new_fracture'
        and not (dated.type = 'cement_leak' and dated.symptomatic is not true)
    ) as complication_day,
    min(dated.day) filter (where dated.is_serious) as serious_complication_day,
    min(dated.day) filter (where dated.severity is null) as unclassified_event_day,
    min(dated.day) filter (where dated.type = 'cement_leak' and dated.symptomatic) as symptomatic_leak_day,
    min(dated.day) filter (where dated.type = 'new_fracture') as new_fracture_day
from dated
group by dated.procedure_no;

-- The score nearest to 4 hours after the end, of those 1 to 6 hours after it with both times known.
create or replace temp table early_scores as
with timed as (
    select
        weighed_scores.procedure_no,
        weighed_scores.score_value,
        row_number() over (
            partition by weighed_scores.procedure_no
            order by
                abs(date_diff('second', keyed_procedures.ended_utc, weighed_scores.measured_utc) - 14400),
                weighed_scores.measured_utc asc,
                context_order.place asc,
                weighed_scores.updated_utc desc nulls last,
                weighed_scores.sender_number asc,
                weighed_scores.score_key asc
        ) as place
    from weighed_scores
    inner join keyed_procedures on weighed_scores.procedure_no = keyed_procedures.procedure_no
    inner join context_order on weighed_scores.context_value = context_order.context
    left join baselines on weighed_scores.procedure_no = baselines.procedure_no
    where
        weighed_scores.role = 'after'
        and weighed_scores.time_known
        and weighed_scores.score_value is not null
        and date_diff('second', keyed_procedures.ended_utc, weighed_scores.measured_utc) between 3600 and 21600
        and (baselines.context is null or baselines.context = weighed_scores.context_value)
)

select
    timed.procedure_no,
    timed.score_value
from timed
where timed.place = 1;

-- The latest day on which something was known of the patient.
create or replace temp table last_signs as
with newest as (
    select
        pain_scores.patient_key,
        max(pain_scores.measured_on) as measured_on
    from pain_scores
    where
        pain_scores.score is not null
        /*each pain_scores windows: or pain_scores.{name} is not null*/
    group by pain_scores.patient_key
),

signs as (
    select
        keyed_procedures.procedure_no,
        date_diff('day', keyed_procedures.performed_date, contacts.happened_on) as day
    from keyed_procedures
    inner join contacts on keyed_procedures.procedure_key = contacts.procedure_id
    where contacts.outcome in ('reached', 'attended')
    union all
    select
        keyed_procedures.procedure_no,
        date_diff('day', keyed_procedures.performed_date, newest.measured_on) as day
    from keyed_procedures
    inner join newest on keyed_procedures.patient_key = newest.patient_key
    union all
    select
        keyed_procedures.procedure_no,
        date_diff('day', keyed_procedures.performed_date, unnest([later_events.readmitted_on, later_events.any_death_on]))
            as day
    from keyed_procedures
    inner join later_events on keyed_procedures.procedure_no = later_events.procedure_no
    where later_events.readmitted_on is not null or later_events.any_death_on is not null
)

select
    signs.procedure_no,
    max(signs.day) as last_known_day
from signs
where signs.day >= 0
group by signs.procedure_no;

-- What a source sends: no row means "no event" only for what it sends. Of what it links to a register it hears of everyone,
-- also before the first of whom there is anything to hear.
create or replace temp table sent_facts as
with evidence as (
    select
        keyed_procedures.source,
        count(keyed_procedures.recovery_ready_utc) > 0 as has_recovery,
        count(keyed_procedures.died_date) > 0 as has_deaths,
        count(keyed_procedures.readmitted_date) > 0 as has_readmissions,
        count(keyed_procedures.intended_stay) > 0 as has_intended_stay
    from keyed_procedures
    group by keyed_procedures.source
),

deliveries as (
    select
        files.source,
        bool_or(list_contains(files.kinds, 'complications')) as has_complications
    from files
    group by files.source
)

select
    evidence.source,
    sources.sends_recovery and evidence.has_recovery as sends_recovery,
    sources.sends_deaths and (evidence.has_deaths or coalesce(senders.deaths = 'linked', false)) as sends_deaths,
    sources.sends_readmissions
    and (evidence.has_readmissions or coalesce(senders.readmissions = 'linked', false)) as sends_readmissions,
    sources.sends_intended_stay and evidence.has_intended_stay as sends_intended_stay,
    sources.sends_complications and deliveries.has_complications as sends_complications,
    sources.sends_leaks and deliveries.has_complications as sends_leaks,
    coalesce(senders.deaths = 'linked', false) as linked_deaths,
    coalesce(senders.readmissions = 'linked', false) as linked_readmissions,
    coalesce(senders.complications = 'linked', false) as linked_complications,
    coalesce(senders.new_fractures = 'linked', false) as linked_new_fractures
from evidence
inner join sources on evidence.source = sources.source
inner join senders on evidence.source = senders.source
inner join deliveries on evidence.source = deliveries.source;

-- The first receipt of procedures that were received more than once.
create or replace temp table first_receipts as
select
    typed_procedures.source,
    typed_procedures.procedure_id,
    min(typed_procedures.received_on) as received_on
from typed_procedures
group by typed_procedures.source, typed_procedures.procedure_id
having count(*) > 1;

-- The day on which a source delivered first: what it held may be years old, and is not late.
create or replace temp table first_deliveries as
select
    typed_procedures.source,
    min(typed_procedures.received_on) as received_on
from typed_procedures
group by typed_procedures.source;
