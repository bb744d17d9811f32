/*
title = "outcomes has exactly one row per procedure"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
*/
select
    abs(count(distinct outcomes.procedure_id) - (select count(*) from procedures))
    + count(*) - count(distinct outcomes.procedure_id) as violations,
    (select count(*) from procedures) as examined
from outcomes
