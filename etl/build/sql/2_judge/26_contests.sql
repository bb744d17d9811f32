-- Rows of new files whose number an earlier file has already, each beside the earlier row that was in force. Whether the
-- new row wins or loses: a wrong file does harm both ways. `candidates` and `repeated` are of one kind, `judged_kind`.

insert into contests
with concerned as (
    select candidates.*
    from candidates
    inner join repeated on candidates.number_hash = repeated.number_hash
    where not candidates.is_cell
),

newcomers as (
    select
        concerned.*,
        row_number() over (
            partition by concerned.source, concerned.number, concerned.source_file_id
            order by concerned.updated_utc desc nulls last, concerned.is_withdrawn desc, concerned.source_row desc
        ) as turn
    from concerned
    inner join new_files on concerned.source_file_id = new_files.source_file_id
),

pairs as (
    select
        newcomers.source_file_id as new_file,
        newcomers.source_row as new_row,
        newcomers.place as new_place,
        earlier.source_file_id as old_file,
        earlier.source_row as old_row,
        earlier.place as old_place,
        earlier.is_withdrawn or newcomers.is_void as is_idle,
        bool_or(newcomers.content = earlier.content) over (
            partition by newcomers.source_file_id, newcomers.source_row, newcomers.place
        ) as is_copy,
        newcomers.updated_utc is null and earlier.updated_utc is not null and not newcomers.is_withdrawn
        or newcomers.updated_utc < earlier.updated_utc is true as is_lost,
        row_number() over (
            partition by newcomers.source_file_id, newcomers.source_row, newcomers.place
            order by
                earlier.updated_utc desc nulls last, earlier.is_withdrawn desc, earlier.source_file_id desc,
                earlier.source_row desc, earlier.place desc
        ) as turn
    from newcomers
    inner join concerned as earlier
        on
            newcomers.source = earlier.source
            and newcomers.number = earlier.number
            and newcomers.source_file_id > earlier.source_file_id
    where newcomers.turn = 1
)

select
    getvariable('judged_kind') as kind,
    pairs.new_file,
    pairs.new_row,
    pairs.new_place,
    pairs.old_file,
    pairs.old_row,
    pairs.old_place,
    pairs.is_lost
from pairs
where pairs.turn = 1 and not pairs.is_idle and not pairs.is_copy;
