-- Pain entries as values. A date without a time, or with one that no clock showed, stands at 12:00 at the hospital.

insert into read_pain_scores by name
with readings as (
    select
        text_pain_scores.*,
        files.zone,
        as_local_time(text_pain_scores.measured_at) as measured_local,
        as_date(text_pain_scores.measured_at) as measured_date_sent,
        as_local_time(text_pain_scores.updated_at) as updated_local,
        score_readings.score as score_value,
        score_readings.problem as score_problem,
        score_readings.missing_reason as score_missing_reason,
        known_timepoints.timepoint as label
    from text_pain_scores
    inner join files on text_pain_scores.source_file_id = files.source_file_id
    left join score_readings on text_pain_scores.score is not distinct from score_readings.written
    left join known_timepoints on lower(text_pain_scores.timepoint) = known_timepoints.timepoint
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.score_id, readings.patient_id, readings.procedure_id, readings.measured_at, readings.score,
        readings.context, readings.timepoint, readings.record_status, readings.updated_at,
        /*each pain_scores: readings.{name},*/
        readings.cells_hash
    ) as content,
    hash(
        readings.score_id, readings.procedure_id, readings.measured_at, readings.score, readings.context,
        readings.timepoint, readings.record_status, readings.updated_at,
        /*each pain_scores: readings.{name},*/
        readings.cells_hash
    ) as others,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    readings.score_id,
    readings.patient_id,
    readings.procedure_id,
    coalesce(
        real_utc(readings.measured_local, readings.zone),
        as_utc(
            coalesce(readings.measured_date_sent, cast(readings.measured_local as date)) + interval 12 hour, readings.zone
        )
    ) as measured_utc,
    coalesce(readings.measured_date_sent, cast(readings.measured_local as date)) as measured_date,
    is_unread(readings.measured_at, coalesce(readings.measured_date_sent, cast(readings.measured_local as date)))
        as measured_at_unread,
    never_was(readings.measured_local, readings.zone) as measured_at_in_gap,
    clock_changed(readings.measured_local, readings.zone) as measured_at_ambiguous,
    readings.measured_local is not null and not never_was(readings.measured_local, readings.zone) as time_known,
    readings.score_value,
    readings.score_problem,
    readings.score_missing_reason,
    as_choice(readings.context, try_cast(lower(readings.context) as pain_context)) as context,
    is_unread(readings.context, try_cast(lower(readings.context) as pain_context)) as context_unread,
    /*each pain_scores: {reading}*/
    readings.label,
    is_unread(readings.timepoint, readings.label) as timepoint_unread
from readings;
