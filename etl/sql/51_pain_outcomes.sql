-- One row per procedure and timepoint: recorded, missing, not due, died or retreated.
-- `closing` names the timepoints: few at a time keep a million procedures within the memory of a small machine.
-- A window is closed when the source's records reach beyond its last day. A score in a window that is still open waits:
-- the window is not due, also where the patient died or was treated again in it.

insert into pain_outcomes
with waiting as (
    select distinct
        weighed_scores.procedure_no,
        weighed_scores.window_no
    from weighed_scores
    left join baselines on weighed_scores.procedure_no = baselines.procedure_no
    where
        weighed_scores.reason = 'window_open'
        and (baselines.context is null or baselines.context = weighed_scores.context_value)
),

before as (
    select
        keyed_procedures.procedure_key as procedure_id,
        keyed_procedures.date_no,
        closing.timepoint,
        case when baselines.baseline is null then 'missing' else 'recorded' end as status,
        baselines.baseline,
        baselines.baseline as score,
        baselines.offset_hours
    from keyed_procedures
    inner join closing on closing.timepoint = 'baseline'
    left join baselines on keyed_procedures.procedure_no = baselines.procedure_no
),

after as (
    select
        keyed_procedures.procedure_key as procedure_id,
        keyed_procedures.date_no,
        windows.timepoint,
        case
            when nearest_scores.score is not null then 'recorded'
            when waiting.procedure_no is not null then 'not_due'
            when patients.died_on <= keyed_procedures.performed_date + cast(windows.last_day as integer) then 'died'
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
    left join patients on keyed_procedures.patient_key = patients.patient_key and patients.died_on is not null
    left join baselines on keyed_procedures.procedure_no = baselines.procedure_no
    left join waiting
        on keyed_procedures.procedure_no = waiting.procedure_no and windows.window_no = waiting.window_no
    left join nearest_scores
        on
            keyed_procedures.procedure_no = nearest_scores.procedure_no
            and windows.window_no = nearest_scores.window_no
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
order by combined.timepoint, combined.date_no;
