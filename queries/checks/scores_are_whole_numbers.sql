/*
title = "Scores on the 0 to 10 scale are whole numbers"
category = "plausibility"
severity = "warn"
tolerated_share = 0.1
examined = "recorded scores of a number scale"
not_applicable = "no such score is recorded"
remedy = "Check for averages, or for a scale of 100 that was divided."
*/
select
    count(*) filter (where pain_scores.score <> floor(pain_scores.score)) as violations,
    count(*) as examined
from pain_scores
where pain_scores.score is not null and coalesce(cast(pain_scores.instrument as varchar), 'nrs') = 'nrs'
