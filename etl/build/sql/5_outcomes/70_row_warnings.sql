-- Remarks that need more than the row itself: the procedure it belongs to, and where its dates put a score.

insert into row_warnings
with living_procedures as (
    select
        live_procedures.source,
        live_procedures.procedure_id,
        live_procedures.performed_date
    from live_procedures
),

homeless as (
    select
        live_complications.source_file_id,
        live_complications.source_row,
        live_complications.source_line,
        'procedure_id' as field,
        'no_procedure' as rule,
        live_complications.is_cell
    from live_complications
    left join living_procedures
        on
            live_complications.source = living_procedures.source
            and live_complications.procedure_id = living_procedures.procedure_id
    where living_procedures.procedure_id is null
    union all
    select
        live_contacts.source_file_id,
        live_contacts.source_row,
        live_contacts.source_line,
        'procedure_id' as field,
        'no_procedure' as rule,
        live_contacts.is_cell
    from live_contacts
    left join living_procedures
        on
            live_contacts.source = living_procedures.source
            and live_contacts.procedure_id = living_procedures.procedure_id
    where living_procedures.procedure_id is null
    union all
    select
        homeless_scores.source_file_id,
        homeless_scores.source_row,
        homeless_scores.source_line,
        'patient_id' as field,
        'no_procedure' as rule,
        homeless_scores.is_cell
    from homeless_scores
),

early_events as (
    select
        live_complications.source_file_id,
        live_complications.source_row,
        live_complications.source_line,
        'occurred_on' as field,
        'event_before_procedure' as rule,
        live_complications.is_cell
    from live_complications
    inner join living_procedures
        on
            live_complications.source = living_procedures.source
            and live_complications.procedure_id = living_procedures.procedure_id
    where live_complications.occurred_date < living_procedures.performed_date
),

joined_lines as (
    select
        live_session_lines.source_file_id,
        live_session_lines.source_row,
        live_session_lines.source_line,
        'procedure_id' as field,
        'line_of_a_session' as rule,
        false as is_cell
    from live_session_lines
),

-- Two procedures of one person on one day may be one session with two numbers: never merged, always shown.
crowded_days as (
    select distinct
        keyed_procedures.patient_key,
        keyed_procedures.performed_date
    from keyed_procedures
    where keyed_procedures.next_performed_date = keyed_procedures.performed_date
),

first_of_days as (
    select
        crowded_days.patient_key,
        crowded_days.performed_date,
        arg_min(
            keyed_procedures.procedure_id, (keyed_procedures.started_utc, keyed_procedures.procedure_id)
        ) as procedure_id
    from keyed_procedures
    inner join crowded_days
        on
            keyed_procedures.patient_key = crowded_days.patient_key
            and keyed_procedures.performed_date = crowded_days.performed_date
    group by crowded_days.patient_key, crowded_days.performed_date
),

same_day as (
    select
        keyed_procedures.source_file_id,
        keyed_procedures.source_row,
        keyed_procedures.source_line,
        'performed_on' as field,
        'second_on_the_day' as rule,
        keyed_procedures.is_cell
    from keyed_procedures
    inner join first_of_days
        on
            keyed_procedures.patient_key = first_of_days.patient_key
            and keyed_procedures.performed_date = first_of_days.performed_date
            and keyed_procedures.procedure_id <> first_of_days.procedure_id
),

placed_elsewhere as (
    select
        keyed_scores.source_file_id,
        keyed_scores.source_row,
        keyed_scores.source_line,
        'timepoint' as field,
        'label_disagrees' as rule,
        keyed_scores.is_cell
    from keyed_scores
    inner join weighed_scores on keyed_scores.score_key = weighed_scores.score_key
    left join windows on weighed_scores.window_no = windows.window_no
    where keyed_scores.label is not null
    group by all
    having
        not bool_or(
            weighed_scores.role in ('undated', 'unclear')
            or (weighed_scores.role = 'before' and keyed_scores.label = 'baseline')
            or (weighed_scores.role = 'after' and keyed_scores.label = windows.timepoint) is true
        )
)

select
    remarks.source_file_id,
    remarks.source_row,
    remarks.source_line,
    remarks.field,
    remarks.rule,
    case when remarks.is_cell then 'cell' else 'row' end as scope
from (
    select * from homeless
    union all
    select * from early_events
    union all
    select * from joined_lines
    union all
    select * from same_day
    union all
    select * from placed_elsewhere
) as remarks
order by remarks.source_file_id, remarks.source_row, remarks.field, remarks.rule;
