/*
title = "Rules that rows broke"
grain = "one row per file, rule and column"
*/
with found as (
    select
        rejected_rows.source_file_id,
        case rejected_rows.scope when 'cell' then 'cell not used' else 'row rejected' end as severity,
        rejected_rows.rule,
        rejected_rows.field,
        rejected_rows.source_line
    from rejected_rows
    union all
    select
        row_warnings.source_file_id,
        'used, with a remark' as severity,
        row_warnings.rule,
        row_warnings.field,
        row_warnings.source_line
    from row_warnings
)

select
    source_files.source_file_id,
    source_files.name,
    found.severity,
    found.rule,
    coalesce(found.field, '') as field,
    count(*) as findings,
    min(found.source_line) as first_line,
    found.rule in ('totals_row', 'other_measure', 'excluded_person') as is_benign,
    any_value(rules.message) as message,
    any_value(rules.remedy) as remedy
from found
inner join source_files on found.source_file_id = source_files.source_file_id
inner join rules on found.rule = rules.rule
group by source_files.source_file_id, source_files.name, found.severity, found.rule, found.field
