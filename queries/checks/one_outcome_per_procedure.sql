/*
title = "Every procedure is counted exactly once"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "This is a mistake in the program: keep the generation before, and report it."
*/
select
    abs(count(distinct outcomes.procedure_id) - (select count(*) from procedures))
    + count(*) - count(distinct outcomes.procedure_id) as violations,
    (select count(*) from procedures) as examined
from outcomes
