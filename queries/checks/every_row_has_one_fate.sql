/*
title = "Every row read is loaded, superseded, duplicate or rejected"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
examined = "rows of all files"
not_applicable = "no row was read"
remedy = "This is a mistake in the program: keep the generation before, and report it."
*/
select
    coalesce(
        sum(
            abs(
                source_files.rows_read - source_files.rows_loaded - source_files.rows_superseded
                - source_files.rows_duplicate - source_files.rows_rejected
            )
        ),
        0
    ) as violations,
    coalesce(sum(source_files.rows_read), 0) as examined
from source_files
