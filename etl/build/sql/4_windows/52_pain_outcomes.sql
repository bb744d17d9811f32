-- One row per procedure and timepoint: recorded, missing, not due, died or retreated.
-- `closing` names the timepoints: few at a time keep a million procedures within the memory of a small machine.
-- A window is closed when the source's records reach beyond its last day. A score in a window that is still open waits:
-- the window is not due, also where the patient died or was treated again in it.

insert into pain_outcomes by name
with closing_windows as (
    select
        windows.window_no,
        windows.timepoint,
        cast(windows.last_day as integer) as last_day
    from closing
    inner join windows on closing.timepoint = windows.timepoint
),

before as (
    select
        window_ends.procedure_key as procedure_id,
        window_ends.procedure_no,
        closing.timepoint,
        case when window_ends.baseline is null then 'missing' else 'recorded' end as status,
        window_ends.baseline,
        window_ends.baseline as score,
        /*each pain_scores windows: window_answers.{typed},*/
        window_ends.baseline_offset_hours as offset_hours
    from window_ends
    inner join closing on closing.timepoint = 'baseline'
    left join window_answers on window_ends.procedure_no = window_answers.procedure_no and window_answers.slot = 0
),

nearest as (
    select nearest_scores.*
    from nearest_scores
    inner join closing_windows on nearest_scores.window_no = closing_windows.window_no
),

answered as (
    select window_answers.*
    from window_answers
    inner join closing_windows on window_answers.slot = closing_windows.window_no
),

after as (
    select
        window_ends.procedure_key as procedure_id,
        window_ends.procedure_no,
        closing_windows.timepoint,
        case
            when nearest.score is not null then 'recorded'
            when waiting_windows.procedure_no is not null then 'not_due'
            when window_ends.died_on <= window_ends.performed_date + closing_windows.last_day then 'died'
            when window_ends.next_performed_date <= window_ends.performed_date + closing_windows.last_day
                then 'retreated'
            when window_ends.as_of <= window_ends.performed_date + closing_windows.last_day then 'not_due'
            else 'missing'
        end as status,
        window_ends.baseline,
        nearest.score,
        /*each pain_scores windows: answered.{typed},*/
        nearest.offset_hours
    from window_ends
    cross join closing_windows
    left join waiting_windows
        on
            window_ends.procedure_no = waiting_windows.procedure_no
            and closing_windows.window_no = waiting_windows.window_no
    left join nearest
        on
            window_ends.procedure_no = nearest.procedure_no
            and closing_windows.window_no = nearest.window_no
    left join answered
        on
            window_ends.procedure_no = answered.procedure_no
            and closing_windows.window_no = answered.slot
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
    /*each pain_scores windows: combined.{typed} as {name},*/
    combined.offset_hours
from combined
order by combined.timepoint, combined.procedure_no;
