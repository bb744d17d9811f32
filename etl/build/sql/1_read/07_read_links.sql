-- Which numbers are of the same person or procedure. Without a source the numbers are of the file's own. A link has no
-- number of its own: all that it says names it, whichever side is written first.

insert into read_links by name
with readings as (
    select
        text_links.*,
        lower(text_links.kind) as link_kind,
        coalesce(text_links.source, files.source) as first_source,
        as_local_time(text_links.updated_at) as updated_local,
        files.zone
    from text_links
    inner join files on text_links.source_file_id = files.source_file_id
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.link_kind, readings.first_source, readings.number, readings.same_as_source, readings.same_as_number,
        readings.record_status, readings.updated_at, readings.cells_hash
    ) as content,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    readings.link_kind || chr(31) || least(
        readings.first_source || chr(31) || readings.number,
        readings.same_as_source || chr(31) || readings.same_as_number
    ) || chr(31) || greatest(
        readings.first_source || chr(31) || readings.number,
        readings.same_as_source || chr(31) || readings.same_as_number
    ) as link_id,
    readings.link_kind,
    readings.first_source,
    readings.number as first_number,
    readings.same_as_source as second_source,
    readings.same_as_number as second_number
from readings;
