-- What every accepted score is to which procedures: before, after, undated. METRICS.md, "Timepoints".
--
-- A score belongs to the latest procedure at or before it, and may at once be baseline of the next.
-- On the day of the procedure only times, or the sender's label, can tell before from after.

create or replace temp table score_sides as
select
    keyed_scores.score_key,
    keyed_procedures.procedure_no,
    keyed_procedures.sequence_no,
    keyed_procedures.sequence_no = 1 and keyed_procedures.next_performed_date is null as is_only,
    (keyed_procedures.procedure_key = keyed_scores.named_procedure_key) is true as is_named,
    case
        when keyed_scores.measured_date < keyed_procedures.performed_date then 'before'
        when keyed_scores.measured_date > keyed_procedures.performed_date then 'after'
        when keyed_scores.time_known and keyed_procedures.started_utc is not null
            then
                case
                    when keyed_scores.measured_utc < keyed_procedures.started_utc then 'before'
                    else 'after'
                end
        when keyed_scores.label = 'baseline' then 'before'
        when keyed_scores.label is not null then 'after'
        else 'unclear'
    end as side
from keyed_scores
inner join keyed_procedures on keyed_scores.patient_key = keyed_procedures.patient_key
where keyed_scores.measured_date is not null;

create or replace temp table score_roles as
with owners as (
    select
        score_sides.score_key,
        max(case when score_sides.side <> 'before' then score_sides.sequence_no else 0 end) as owner_no
    from score_sides
    where not score_sides.is_only
    group by score_sides.score_key
),

dated as (
    select
        score_sides.score_key,
        score_sides.procedure_no,
        -- Of a patient's only procedure the side says all.
        case
            when score_sides.is_only then score_sides.side
            when score_sides.sequence_no = owners.owner_no
                then
                    case score_sides.side when 'unclear' then 'unclear' else 'after' end
            when score_sides.sequence_no = owners.owner_no + 1 then 'before'
            else 'earlier'
        end as role
    from score_sides
    left join owners on score_sides.score_key = owners.score_key
    where
        score_sides.is_only
        or score_sides.sequence_no in (owners.owner_no, owners.owner_no + 1)
        or (
            score_sides.sequence_no < owners.owner_no
            and score_sides.is_named
        )
),

only_procedures as (
    select
        keyed_procedures.patient_key,
        any_value(keyed_procedures.procedure_no) as procedure_no
    from keyed_procedures
    group by keyed_procedures.patient_key
    having count(*) = 1
),

undated as (
    select
        keyed_scores.score_key,
        case
            when keyed_scores.named_procedure_key is null then only_procedures.procedure_no
            else named.procedure_no
        end as procedure_no,
        'undated' as role
    from keyed_scores
    left join only_procedures on keyed_scores.patient_key = only_procedures.patient_key
    left join keyed_procedures as named
        on
            keyed_scores.named_procedure_key = named.procedure_key
            and keyed_scores.patient_key = named.patient_key
    where keyed_scores.measured_date is null
)

select
    dated.score_key,
    dated.procedure_no,
    dated.role
from dated
union all
select
    undated.score_key,
    undated.procedure_no,
    undated.role
from undated
where undated.procedure_no is not null;

drop table score_sides;

-- Scores of people without a procedure.
create or replace temp table homeless_scores as
select keyed_scores.*
from keyed_scores
left join score_roles on keyed_scores.score_key = score_roles.score_key
where score_roles.score_key is null;
