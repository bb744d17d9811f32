-- New files of which every record of a kind was rejected, if there are a few: other kinds in the file do not make up for it.

with bad as (
    select
        rejects.source_file_id,
        rejects.kind,
        count(*) as records
    from rejects
    semi join new_files on rejects.source_file_id = new_files.source_file_id
    where rejects.scope = 'row' and not list_contains($benign, rejects.rule)
    group by rejects.source_file_id, rejects.kind
),

sent as (
    select
        read_procedures.source_file_id,
        'procedures' as kind,
        count(*) as records
    from read_procedures
    semi join new_files on read_procedures.source_file_id = new_files.source_file_id
    where not read_procedures.is_cell
    group by read_procedures.source_file_id
    union all
    select
        read_pain_scores.source_file_id,
        'pain_scores' as kind,
        count(*) as records
    from read_pain_scores
    semi join new_files on read_pain_scores.source_file_id = new_files.source_file_id
    where not read_pain_scores.is_cell
    group by read_pain_scores.source_file_id
)

select
    sent.source_file_id,
    min(sent.kind) as kind,
    max(sent.records) as records
from sent
inner join bad on sent.source_file_id = bad.source_file_id and sent.kind = bad.kind
where sent.records >= $fewest and bad.records >= sent.records
group by sent.source_file_id;
