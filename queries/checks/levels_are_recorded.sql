/*
title = "Procedures whose treated vertebrae are known"
category = "completeness"
severity = "warn"
tolerated_share = 0.05
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "Fill in the treated vertebrae; `python -m etl status --json` lists the rows with a remark on levels."
*/
select
    count(*) filter (where outcomes.level_count is null) as violations,
    count(*) as examined
from outcomes
