-- What becomes of rows whose number is in `repeated`. `candidates` holds the rows of one kind that passed every rule.
-- Identical rows: the first is kept. Then the newest version holds; without `updated_at` the later receipt.
-- Two different rows that claim the same moment cannot both be true: both are rejected, neither wins by chance.
-- A withdrawal without `updated_at` takes back what was received before it or with it. A void row (a status that is not
-- loaded) takes back what it is newer than; where there is nothing to take back it is rejected. A withdrawal of something
-- never sent stands alone and withdraws nothing.

create or replace temp table version_fates as
with numbered as (
    select
        candidates.*,
        row_number() over (
            partition by candidates.source, candidates.number, candidates.content
            order by candidates.source_file_id, candidates.source_row, candidates.place
        ) as copy_no,
        case
            when candidates.is_withdrawn and candidates.updated_utc is null
                then
                    max(candidates.updated_utc) over (
                        partition by candidates.source, candidates.number
                        order by candidates.source_file_id range between unbounded preceding and current row
                    )
            else candidates.updated_utc
        end as effective_utc
    from candidates
    inner join repeated on candidates.number_hash = repeated.number_hash
),

compared as (
    select
        numbered.*,
        count(*) over (
            partition by
                numbered.source, numbered.number, numbered.effective_utc, numbered.is_withdrawn,
                case when numbered.effective_utc is null then numbered.source_file_id end
        ) as claims
    from numbered
    where numbered.copy_no = 1
),

ranked as (
    select
        compared.*,
        row_number() over versions as version_no,
        first_value(compared.is_withdrawn) over versions as ends_withdrawn,
        first_value(compared.source_file_id) over versions as winner_file,
        bool_or(not compared.is_void) over (partition by compared.source, compared.number) as has_content
    from compared
    where compared.claims = 1
    window versions as (
        partition by compared.source, compared.number
        order by
            compared.effective_utc desc nulls last, compared.is_withdrawn desc,
            compared.source_file_id desc, compared.source_row desc, compared.place desc
    )
)

select
    numbered.source_file_id,
    numbered.source_row,
    numbered.source_line,
    numbered.place,
    numbered.is_cell,
    'duplicate' as fate,
    'identical' as reason
from numbered
where numbered.copy_no > 1
union all
select
    compared.source_file_id,
    compared.source_row,
    compared.source_line,
    compared.place,
    compared.is_cell,
    'rejected' as fate,
    'id_conflict' as reason
from compared
where compared.claims > 1
union all
select
    ranked.source_file_id,
    ranked.source_row,
    ranked.source_line,
    ranked.place,
    ranked.is_cell,
    'superseded' as fate,
    case
        when ranked.ends_withdrawn and ranked.version_no = 1 then 'withdrawal'
        when ranked.ends_withdrawn then 'withdrawn'
        when ranked.source_file_id <= ranked.winner_file then 'corrected'
        else 'older_version'
    end as reason
from ranked
where
    (ranked.version_no > 1 or ranked.ends_withdrawn)
    and not (ranked.is_void and (ranked.version_no > 1 or not ranked.has_content))
union all
select
    ranked.source_file_id,
    ranked.source_row,
    ranked.source_line,
    ranked.place,
    ranked.is_cell,
    'rejected' as fate,
    'status_not_loaded' as reason
from ranked
where ranked.is_void and (ranked.version_no > 1 or not ranked.has_content);
