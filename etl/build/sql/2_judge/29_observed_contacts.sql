-- What the new rows of every delivery of contacts are like; as 29_observed_procedures.sql.

with news as (
    select typed_contacts.*
    from typed_contacts
    semi join watched_sources on typed_contacts.source = watched_sources.source
    anti join rejects
        on
            rejects.kind = 'contacts'
            and typed_contacts.source_file_id = rejects.source_file_id
            and typed_contacts.source_row = rejects.source_row
            and typed_contacts.place = rejects.place
    anti join later_copies
        on
            later_copies.kind = 'contacts'
            and typed_contacts.source_file_id = later_copies.source_file_id
            and typed_contacts.source_row = later_copies.source_row
            and typed_contacts.place = later_copies.place
    where not typed_contacts.is_withdrawn
)

select
    news.source_file_id,
    count(*) as rows,
    histogram(news.happened_date) as days_happened_at,
    count(news.kind) as filled_kind,
    /*each contacts closed grade flag: count(*) filter (news.{typed} is not null or news.{name}_unread) as filled_{name},*/
    /*each contacts text number date time: count(news.{typed}) as filled_{name},*/
    /*each contacts closed grade flag: count(*) filter (news.{name}_unread) as unread_{name},*/
    count(*) filter (news.kind_unread) as unread_kind
from news
group by news.source_file_id
order by news.source_file_id;
