/*
title = "Procedures have a day of leaving the hospital"
category = "completeness"
severity = "warn"
tolerated_share = 0.05
examined = "procedures observed for 30 days"
not_applicable = "no procedure has 30 days of records after it"
remedy = "Send discharged_at; without it nobody knows whether the patient went home the same day."
*/
select
    count(*) filter (where outcomes.discharge_day is null) as violations,
    count(*) as examined
from outcomes
where outcomes.observed_days >= 30
