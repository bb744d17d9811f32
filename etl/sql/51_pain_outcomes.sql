-- One row per procedure and timepoint: recorded, missing, not due, died or retreated.
-- `closing` names the timepoints: few at a time keep a million procedures within the memory of a small machine.
-- A window is closed when the source's records reach beyond its last day. A score in a window that is still open waits:
-- the window is not due, also where the patient died or was treated again in it.

insert into pain_outcomes
with deaths as (
    select
        patients.patient_key,
        patients.died_on
    from patients
    where patients.died_on is not null
),

waiting as (
    select distinct
        weighed_scores.procedure_key,
        weighed_scores.window_name as timepoint
    from weighed_scores
    inner join closing on weighed_scores.window_name = closing.timepoint
    left join baselines on weighed_scores.procedure_key = baselines.procedure_key
    where
        weighed_scores.standing = 'window_open'
        and (baselines.context is null or baselines.context = weighed_scores.context_value)
),

before as (
    select
        keyed_procedures.procedure_key as procedure_id,
        'baseline' as timepoint,
        keyed_procedures.performed_date,
        case when baselines.baseline is null then 'missing' else 'recorded' end as status,
        baselines.baseline,
        baselines.baseline as score,
        baselines.offset_hours
    from keyed_procedures
    inner join closing on closing.timepoint = 'baseline'
    left join baselines on keyed_procedures.procedure_key = baselines.procedure_key
),

after as (
    select
        keyed_procedures.procedure_key as procedure_id,
        windows.timepoint,
        keyed_procedures.performed_date,
        case
            when nearest_scores.score is not null then 'recorded'
            when waiting.procedure_key is not null then 'not_due'
            when deaths.died_on <= keyed_procedures.performed_date + cast(windows.last_day as integer) then 'died'
            when
                keyed_procedures.next_performed_date
                <= keyed_procedures.performed_date + cast(windows.last_day as integer)
                then 'retreated'
            when source_as_of.as_of <= keyed_procedures.performed_date + cast(windows.last_day as integer)
                then 'not_due'
            else 'missing'
        end as status,
        baselines.baseline,
        nearest_scores.score,
        nearest_scores.offset_hours
    from keyed_procedures
    cross join closing
    inner join windows on closing.timepoint = windows.timepoint
    inner join source_as_of on keyed_procedures.source = source_as_of.source
    left join deaths on keyed_procedures.patient_key = deaths.patient_key
    left join baselines on keyed_procedures.procedure_key = baselines.procedure_key
    left join waiting
        on keyed_procedures.procedure_key = waiting.procedure_key and windows.timepoint = waiting.timepoint
    left join nearest_scores
        on
            keyed_procedures.procedure_key = nearest_scores.procedure_key
            and windows.timepoint = nearest_scores.timepoint
),

combined as (
    select * from before
    union all
    select * from after
)

select
    combined.procedure_id,
    combined.timepoint,
    cast(combined.status as window_status) as status,
    combined.baseline,
    combined.score,
    combined.offset_hours
from combined
order by combined.timepoint, combined.performed_date, combined.procedure_id;
