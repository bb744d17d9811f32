/*
title = "No procedure is sent by two sources"
category = "plausibility"
severity = "warn"
tolerated_share = 0.0
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "Say in links.csv which procedures are one (docs/sources.md); the rows are listed under Rows that broke a rule."
*/
select
    (
        select count(*)
        from row_warnings
        where row_warnings.rule = 'looks_like_other_source'
    ) as violations,
    count(*) as examined
from procedures
