-- Pain entries with typed values beside the text. A date without a time stands at 12:00 at the hospital.

create or replace temp table typed_pain_scores as
with readings as (
    select
        text_pain_scores.* exclude (patient_id),
        coalesce(merged_people.survivor, text_pain_scores.patient_id) as patient_id,
        files.source,
        files.zone,
        files.received_on,
        as_local_time(text_pain_scores.measured_at) as measured_time_local,
        as_date(text_pain_scores.measured_at) as measured_date_sent,
        as_local_time(text_pain_scores.updated_at) as updated_local,
        score_readings.score as score_value,
        score_readings.problem as score_problem,
        score_readings.missing_reason as score_missing_reason,
        known_timepoints.timepoint as label
    from text_pain_scores
    inner join files on text_pain_scores.source_file_id = files.source_file_id
    left join merged_people
        on files.source = merged_people.source and text_pain_scores.patient_id = merged_people.patient_id
    left join score_readings on text_pain_scores.score is not distinct from score_readings.written
    left join known_timepoints on lower(text_pain_scores.timepoint) = known_timepoints.timepoint
)

select
    readings.*,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    readings.measured_time_local is not null as time_known,
    coalesce(readings.measured_date_sent, cast(readings.measured_time_local as date)) as measured_date,
    as_utc(
        coalesce(readings.measured_time_local, readings.measured_date_sent + interval 12 hour), readings.zone
    ) as measured_utc,
    as_utc(readings.updated_local, readings.zone) as updated_utc
from readings;
