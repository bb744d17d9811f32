/*
title = "Procedures name who performed them"
category = "completeness"
severity = "warn"
tolerated_share = 0.02
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "Fill in the operator."
*/
select
    count(*) filter (where outcomes.operator is null) as violations,
    count(*) as examined
from outcomes
