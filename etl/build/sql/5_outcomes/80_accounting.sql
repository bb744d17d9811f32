-- What became of the rows of every file, and which rows: with the rows in force a disjoint union of 1..n.

insert into rejected_rows
select
    rejects.source_file_id,
    rejects.source_row,
    rejects.source_line,
    rejects.field,
    rejects.rule,
    rejects.scope
from rejects
order by rejects.source_file_id, rejects.source_row, rejects.place;

insert into replaced_rows
select
    replaced.source_file_id,
    replaced.source_row,
    replaced.source_line,
    replaced.fate,
    replaced.reason
from replaced
order by replaced.source_file_id, replaced.source_row;

-- A row holds one record of its own; what else stands in its cells shares its fate.
create or replace temp table file_fates as
with fates as (
    select
        live_procedures.source_file_id,
        live_procedures.source_row,
        'loaded' as fate
    from live_procedures
    where not live_procedures.is_cell
    union all
    select
        live_pain_scores.source_file_id,
        live_pain_scores.source_row,
        'loaded' as fate
    from live_pain_scores
    where not live_pain_scores.is_cell
    union all
    select
        live_complications.source_file_id,
        live_complications.source_row,
        'loaded' as fate
    from live_complications
    where not live_complications.is_cell
    union all
    select
        live_contacts.source_file_id,
        live_contacts.source_row,
        'loaded' as fate
    from live_contacts
    where not live_contacts.is_cell
    union all
    select
        live_people.source_file_id,
        live_people.source_row,
        'loaded' as fate
    from live_people
    where not live_people.is_cell
    union all
    select
        live_links.source_file_id,
        live_links.source_row,
        'loaded' as fate
    from live_links
    where not live_links.is_cell
    union all
    select
        live_stays.source_file_id,
        live_stays.source_row,
        'loaded' as fate
    from live_stays
    where not live_stays.is_cell
    union all
    select
        live_counts.source_file_id,
        live_counts.source_row,
        'loaded' as fate
    from live_counts
    where not live_counts.is_cell
    union all
    select
        live_session_lines.source_file_id,
        live_session_lines.source_row,
        'loaded' as fate
    from live_session_lines
    union all
    select
        replaced.source_file_id,
        replaced.source_row,
        replaced.fate
    from replaced
    union all
    select
        rejects.source_file_id,
        rejects.source_row,
        'rejected' as fate
    from rejects
    where rejects.scope = 'row'
)

select
    files.source_file_id,
    count(*) filter (where fates.fate = 'loaded') as loaded,
    count(*) filter (where fates.fate = 'superseded') as superseded,
    count(*) filter (where fates.fate = 'duplicate') as duplicate,
    count(*) filter (where fates.fate = 'rejected') as rejected
from files
left join fates on files.source_file_id = fates.source_file_id
group by files.source_file_id;
