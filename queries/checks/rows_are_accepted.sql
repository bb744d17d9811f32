/*
title = "Rows that were read are not rejected"
category = "conformance"
severity = "warn"
tolerated_share = 0.05
examined = "rows of all files but totals and rows about something else"
not_applicable = "no row was read"
remedy = "`python -m etl rejected --out FOLDER` gives the rows back with the reason; correct them and load them again."
*/
select
    (
        select count(*)
        from rejected_rows
        where
            rejected_rows.scope = 'row'
            and rejected_rows.rule not in ('totals_row', 'other_measure', 'excluded_person')
    ) as violations,
    coalesce(sum(source_files.rows_read), 0) as examined
from source_files
