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

-- A named record that is not there, a stay within a longer one, and a stay that ends before its procedure begins.
stays_of_procedures as (
    select
        live_procedures.source_file_id,
        live_procedures.source_row,
        live_procedures.source_line,
        live_procedures.is_cell,
        outer_stays.stay_id is null as is_not_found,
        coalesce(outer_stays.is_by_time, false) as is_by_time,
        coalesce(
            outer_stays.discharged_date < live_procedures.performed_date
            or as_utc(outer_stays.discharged_local, live_procedures.zone) < live_procedures.started_utc,
            false
        ) as ends_early,
        outer_stays.source_file_id as stay_file,
        outer_stays.source_row as stay_row,
        outer_stays.source_line as stay_line,
        outer_stays.is_cell as is_stay_cell
    from live_procedures
    left join outer_stays
        on live_procedures.source = outer_stays.source and live_procedures.stay_id = outer_stays.stay_id
    where live_procedures.stay_id is not null
),

sent_procedures as (
    select
        typed_procedures.source,
        typed_procedures.procedure_id
    from typed_procedures
    where not typed_procedures.is_withdrawn
),

links as (
    select
        stays_of_procedures.source_file_id,
        stays_of_procedures.source_row,
        stays_of_procedures.source_line,
        'stay_id' as field,
        case when stays_of_procedures.is_not_found then 'link_not_found' else 'stay_within_stay' end as rule,
        stays_of_procedures.is_cell
    from stays_of_procedures
    where stays_of_procedures.is_not_found or stays_of_procedures.is_by_time
    union all
    select distinct
        stays_of_procedures.stay_file as source_file_id,
        stays_of_procedures.stay_row as source_row,
        stays_of_procedures.stay_line as source_line,
        'discharged_at' as field,
        'stay_ends_early' as rule,
        stays_of_procedures.is_stay_cell as is_cell
    from stays_of_procedures
    where stays_of_procedures.ends_early
    union all
    select
        live_stays.source_file_id,
        live_stays.source_row,
        live_stays.source_line,
        'part_of' as field,
        'link_not_found' as rule,
        live_stays.is_cell
    from live_stays
    anti join live_stays as parents on live_stays.source = parents.source and live_stays.part_of = parents.stay_id
    where live_stays.part_of is not null
    union all
    select
        live_pain_scores.source_file_id,
        live_pain_scores.source_row,
        live_pain_scores.source_line,
        'procedure_id' as field,
        'link_not_found' as rule,
        live_pain_scores.is_cell
    from live_pain_scores
    anti join sent_procedures
        on
            live_pain_scores.source = sent_procedures.source
            and live_pain_scores.procedure_id = sent_procedures.procedure_id
    where live_pain_scores.procedure_id is not null
),

-- What the reader of a file saw of single rows.
seen_by_readers as (
    select
        remarks_of_readers.source_file_id,
        remarks_of_readers.source_row,
        remarks_of_readers.source_line,
        null as field,
        remarks_of_readers.rule,
        false as is_cell
    from remarks_of_readers
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
    select * from links
    union all
    select * from seen_by_readers
    union all
    select * from placed_elsewhere
) as remarks
order by remarks.source_file_id, remarks.source_row, remarks.field, remarks.rule;
