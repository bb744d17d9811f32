/*
title = "Scores say at what time they were asked"
category = "completeness"
severity = "warn"
tolerated_share = 0.5
examined = "dated scores"
not_applicable = "no score has a date"
remedy = "With dates alone the hours after the procedure are only known to the day; send measured_at with its time."
*/
select
    count(*) filter (where not pain_scores.time_known) as violations,
    count(*) as examined
from pain_scores
where pain_scores.measured_on is not null
