-- What became of the rows of every file.

insert into source_files
select
    staged_files.*,
    file_fates.loaded,
    file_fates.superseded,
    file_fates.duplicate,
    file_fates.rejected
from staged_files
inner join file_fates on staged_files.source_file_id = file_fates.source_file_id
order by staged_files.source_file_id;
