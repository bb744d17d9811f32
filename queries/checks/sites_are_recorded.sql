/*
title = "Procedures name their site"
category = "completeness"
severity = "warn"
tolerated_share = 0.02
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "Fill in the site; readers who see one site only do not see these procedures."
*/
select
    count(*) filter (where outcomes.site is null) as violations,
    count(*) as examined
from outcomes
