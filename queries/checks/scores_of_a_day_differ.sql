/*
title = "Scores written down on one day are not all the same"
category = "plausibility"
severity = "warn"
tolerated_share = 0.1
examined = "scores of days with at least ten"
not_applicable = "no day has ten scores"
remedy = "Ask how the scores of these days were entered; copies of one number tell nothing."
*/
with common as (
    select
        pain_scores.measured_on,
        pain_scores.score,
        count(*) as uses
    from pain_scores
    where pain_scores.score is not null and pain_scores.measured_on is not null
    group by pain_scores.measured_on, pain_scores.score
),

days as (
    select
        common.measured_on,
        sum(common.uses) as scores,
        max(common.uses) as most
    from common
    group by common.measured_on
    having sum(common.uses) >= 10
)

select
    coalesce(sum(case when days.most > 6e-1 * days.scores then days.scores else 0 end), 0) as violations,
    coalesce(sum(days.scores), 0) as examined
from days
