-- The days of the records of sources from which nothing was received before.

select
    typed_procedures.source_file_id,
    histogram(typed_procedures.performed_date) as days
from typed_procedures
semi join new_files on typed_procedures.source_file_id = new_files.source_file_id
anti join watched_sources on typed_procedures.source = watched_sources.source
group by typed_procedures.source_file_id
order by typed_procedures.source_file_id;
