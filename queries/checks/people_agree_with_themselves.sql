/*
title = "All facts of a person can be true"
category = "plausibility"
severity = "warn"
tolerated_share = 0.0
examined = "records of procedures"
not_applicable = "there are no procedures"
remedy = "Look whether one number stands for two people; the rows are listed under Rows that broke a rule."
*/
select
    (
        select count(*)
        from row_warnings
        where row_warnings.rule = 'person_contradicts'
    ) as violations,
    count(*) as examined
from procedures
