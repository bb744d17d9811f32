/*
title = "Files of this generation with their accounting and remarks"
grain = "one row per file"
*/
with remarks as (
    select
        row_warnings.source_file_id,
        count(*) as remarks
    from row_warnings
    group by row_warnings.source_file_id
)

select
    source_files.source_file_id,
    source_files.name,
    source_files.source,
    source_files.kind,
    cast(source_files.received_at as date) as received_on,
    source_files.encoding,
    source_files.rows_read,
    source_files.rows_loaded,
    source_files.rows_superseded,
    source_files.rows_duplicate,
    source_files.rows_rejected,
    coalesce(remarks.remarks, 0) as remarks
from source_files
left join remarks on source_files.source_file_id = remarks.source_file_id
