-- What the new rows of every delivery of complications are like; as 29_observed_procedures.sql.

with news as (
    select typed_complications.*
    from typed_complications
    semi join watched_sources on typed_complications.source = watched_sources.source
    anti join rejects
        on
            rejects.kind = 'complications'
            and typed_complications.source_file_id = rejects.source_file_id
            and typed_complications.source_row = rejects.source_row
            and typed_complications.place = rejects.place
    anti join later_copies
        on
            later_copies.kind = 'complications'
            and typed_complications.source_file_id = later_copies.source_file_id
            and typed_complications.source_row = later_copies.source_row
            and typed_complications.place = later_copies.place
    where not typed_complications.is_withdrawn
)

select
    news.source_file_id,
    count(*) as rows,
    histogram(news.occurred_date) as days_occurred_on,
    count(*) as filled_type,
    count(news.severity) as filled_severity,
    count(news.scale) as filled_scale,
    /*each complications closed grade flag: count(*) filter (news.{typed} is not null or news.{name}_unread) as filled_{name},*/
    /*each complications text number date time: count(news.{typed}) as filled_{name},*/
    /*each complications closed grade flag: count(*) filter (news.{name}_unread) as unread_{name},*/
    count(*) filter (news.type_unread) as unread_type
from news
group by news.source_file_id
order by news.source_file_id;
