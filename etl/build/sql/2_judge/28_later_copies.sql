-- Rows of one kind whose number an earlier file had already: they are no news. `repeated` is of this kind, `judged_kind`.

insert into later_copies
with numbered as (
    select
        passed.source_file_id,
        passed.source_row,
        passed.place,
        min(passed.source_file_id) over (partition by passed.source, passed.number) as first_file
    from passed
    inner join repeated on passed.number_hash = repeated.number_hash
)

select
    getvariable('judged_kind') as kind,
    numbered.source_file_id,
    numbered.source_row,
    numbered.place
from numbered
where numbered.source_file_id > numbered.first_file;
