-- What the new rows of every delivery of procedures are like: how often a column is filled (`filled_…`) and a code unknown
-- (`unread_…`), and which values occur how often (`days_…`, `values_…`, `sites`).

with news as (
    select
        typed_procedures.*,
        case
            when typed_procedures.ended_utc > typed_procedures.started_utc
                then 5e0 * round(date_diff('minute', typed_procedures.started_utc, typed_procedures.ended_utc) / 5e0)
        end as minutes,
        case
            when typed_procedures.recovery_ready_utc > typed_procedures.ended_utc
                then
                    5e-1
                    * round(date_diff('minute', typed_procedures.ended_utc, typed_procedures.recovery_ready_utc) / 3e1)
        end as recovery_hours
    from typed_procedures
    semi join watched_sources on typed_procedures.source = watched_sources.source
    anti join rejects
        on
            rejects.kind = 'procedures'
            and typed_procedures.source_file_id = rejects.source_file_id
            and typed_procedures.source_row = rejects.source_row
            and typed_procedures.place = rejects.place
    anti join later_copies
        on
            later_copies.kind = 'procedures'
            and typed_procedures.source_file_id = later_copies.source_file_id
            and typed_procedures.source_row = later_copies.source_row
            and typed_procedures.place = later_copies.place
    where not typed_procedures.is_withdrawn
)

select
    news.source_file_id,
    count(*) as rows,
    histogram(news.site) as sites,
    histogram(news.performed_date) as days_performed_on,
    histogram(news.ended_date) as days_ended_at,
    histogram(news.recovery_ready_date) as days_recovery_ready_at,
    histogram(news.discharged_date) as days_discharged_at,
    histogram(cast(floor(news.age_value) as double)) as values_age_years,
    histogram(news.minutes) as values_ended_at,
    histogram(news.recovery_hours) as values_recovery_ready_at,
    /*each procedures number: histogram(cast(news.{typed} as double)) as values_{name},*/
    count(news.sex) as filled_sex,
    count(news.age_value) as filled_age_years,
    count(news.site) as filled_site,
    count(news.operator) as filled_operator,
    count(news.started_utc) as filled_started_at,
    count(news.ended_utc) as filled_ended_at,
    count(news.arrived_utc) as filled_arrived_at,
    count(news.recovery_ready_utc) as filled_recovery_ready_at,
    count(news.discharged_date) as filled_discharged_at,
    count(news.pre_call_date) as filled_pre_call_at,
    /*each procedures closed grade flag: count(*) filter (news.{typed} is not null or news.{name}_unread) as filled_{name},*/
    /*each procedures text number date time: count(news.{typed}) as filled_{name},*/
    count(*) filter (news.vertebrae is not null or news.level_problem is not null) as filled_levels,
    count(*) filter (news.sex_unread) as unread_sex,
    /*each procedures closed grade flag: count(*) filter (news.{name}_unread) as unread_{name},*/
    count(*) filter (news.level_problem is not null) as unread_levels
from news
group by news.source_file_id
order by news.source_file_id;
