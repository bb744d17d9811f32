/*
title = "Pain at 24–72 hours is written down"
category = "completeness"
severity = "warn"
tolerated_share = 0.2
examined = "procedures of all months whose window has closed"
not_applicable = "no window has closed yet"
remedy = "See the Call list for who is due; ask while the window is open."
*/
select
    count(*) filter (where pain_outcomes.status = 'missing') as violations,
    count(*) as examined
from pain_outcomes
where pain_outcomes.timepoint = 'hours_24_72' and pain_outcomes.status in ('recorded', 'missing')
