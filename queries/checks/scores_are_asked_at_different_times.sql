/*
title = "Scores are not all asked at the same time of day"
category = "plausibility"
severity = "warn"
tolerated_share = 0.6
examined = "scores with a time, when there are at least 20"
not_applicable = "fewer than 20 scores have a time"
remedy = "Ask whether the time is filled in by default; hours after the procedure then mean little."
*/
with clocks as (
    select
        hour(pain_scores.measured_at) * 60 + minute(pain_scores.measured_at) as minute_of_day,
        count(*) as uses
    from pain_scores
    where pain_scores.time_known and pain_scores.measured_at is not null
    group by hour(pain_scores.measured_at) * 60 + minute(pain_scores.measured_at)
),

-- Times are UTC: where clocks change, one local hour is two hours here, next to each other.
paired as (
    select
        clocks.uses,
        clocks.uses + coalesce(an_hour_later.uses, 0) as uses_of_hour
    from clocks
    left join clocks as an_hour_later on (clocks.minute_of_day + 60) % 1440 = an_hour_later.minute_of_day
)

select
    case when coalesce(sum(paired.uses), 0) >= 20 then max(paired.uses_of_hour) else 0 end as violations,
    case when coalesce(sum(paired.uses), 0) >= 20 then sum(paired.uses) else 0 end as examined
from paired
