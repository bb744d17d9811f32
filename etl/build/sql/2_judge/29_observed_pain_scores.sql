-- What the new rows of every delivery of pain scores are like; as 29_observed_procedures.sql. Scores before and after a
-- procedure are told apart: a delivery of late scores is lower than all before it, and yet on the same scale.

with treated as (
    select
        typed_procedures.source,
        typed_procedures.patient_id,
        min(typed_procedures.performed_date) as performed_date,
        min(typed_procedures.started_utc) as started_utc
    from typed_procedures
    semi join watched_sources on typed_procedures.source = watched_sources.source
    group by typed_procedures.source, typed_procedures.patient_id
),

news as (
    select
        typed_pain_scores.*,
        case
            when treated.performed_date is null or typed_pain_scores.measured_date is null then 'alone'
            when typed_pain_scores.measured_date < treated.performed_date then 'before'
            when typed_pain_scores.measured_date > treated.performed_date then 'after'
            when typed_pain_scores.measured_utc > treated.started_utc then 'after'
            else 'before'
        end as side
    from typed_pain_scores
    left join treated
        on typed_pain_scores.source = treated.source and typed_pain_scores.patient_id = treated.patient_id
    semi join watched_sources on typed_pain_scores.source = watched_sources.source
    anti join rejects
        on
            rejects.kind = 'pain_scores'
            and typed_pain_scores.source_file_id = rejects.source_file_id
            and typed_pain_scores.source_row = rejects.source_row
            and typed_pain_scores.place = rejects.place
    anti join later_copies
        on
            later_copies.kind = 'pain_scores'
            and typed_pain_scores.source_file_id = later_copies.source_file_id
            and typed_pain_scores.source_row = later_copies.source_row
            and typed_pain_scores.place = later_copies.place
    where not typed_pain_scores.is_withdrawn
)

select
    news.source_file_id,
    count(*) as rows,
    histogram(news.measured_date) as days_measured_at,
    histogram(cast(news.score_value as double)) filter (news.side = 'before') as values_before,
    histogram(cast(news.score_value as double)) filter (news.side = 'after') as values_after,
    histogram(cast(news.score_value as double)) filter (news.side = 'alone') as values_alone,
    count(news.measured_date) as filled_measured_at,
    count(news.score_value) as filled_score,
    count(news.context) as filled_context,
    /*each pain_scores closed grade flag: count(*) filter (news.{typed} is not null or news.{name}_unread) as filled_{name},*/
    /*each pain_scores text number date time: count(news.{typed}) as filled_{name},*/
    count(*) filter (news.label is not null or news.timepoint_unread) as filled_timepoint,
    count(*) filter (news.context_unread) as unread_context,
    /*each pain_scores closed grade flag: count(*) filter (news.{name}_unread) as unread_{name},*/
    count(*) filter (news.timepoint_unread) as unread_timepoint
from news
group by news.source_file_id
order by news.source_file_id;
