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
    histogram(cast(news.cement_value as double)) as values_cement_ml,
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
    count(news.technique) as filled_technique,
    count(news.indication) as filled_indication,
    count(news.setting) as filled_setting,
    count(news.intended_stay) as filled_intended_stay,
    count(news.sedation) as filled_sedation,
    count(*) filter (news.asa_class is not null or news.asa_class_unread) as filled_asa_class,
    count(*) filter (news.vertebrae is not null or news.level_problem is not null) as filled_levels,
    count(news.cement_value) as filled_cement_ml,
    count(news.disposition) as filled_disposition,
    count(news.delay_reason) as filled_delay_reason,
    count(news.resumed_activity_date) as filled_resumed_activity_on,
    count(news.readmitted_date) as filled_readmitted_on,
    count(*) filter (news.sex_unread) as unread_sex,
    count(*) filter (news.technique_unread) as unread_technique,
    count(*) filter (news.indication_unread) as unread_indication,
    count(*) filter (news.setting_unread) as unread_setting,
    count(*) filter (news.intended_stay_unread) as unread_intended_stay,
    count(*) filter (news.sedation_unread) as unread_sedation,
    count(*) filter (news.asa_class_unread) as unread_asa_class,
    count(*) filter (news.disposition_unread) as unread_disposition,
    count(*) filter (news.delay_reason_unread) as unread_delay_reason,
    count(*) filter (news.level_problem is not null) as unread_levels
from news
group by news.source_file_id
order by news.source_file_id;
