-- Counts of another system. A count has no number of its own: month and site name it. A spreadsheet makes a whole date
-- of a month.

insert into read_counts by name
with readings as (
    select
        text_counts.*,
        case
            when regexp_full_match(text_counts.month, '\d{4}-\d{2}(-\d{2})?([T ]00:00(:00)?)?')
                then as_date(left(text_counts.month, 7) || '-01')
        end as month_date,
        as_whole(text_counts.n) as n_value,
        as_local_time(text_counts.updated_at) as updated_local,
        files.zone
    from text_counts
    inner join files on text_counts.source_file_id = files.source_file_id
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.month, readings.site, readings.n, readings.record_status, readings.updated_at, readings.cells_hash
    ) as content,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    strftime(readings.month_date, '%Y-%m') || chr(31) || coalesce(readings.site, '') as count_id,
    readings.month_date,
    is_unread(readings.month, readings.month_date) as month_unread,
    readings.site,
    readings.n_value as n
from readings;
