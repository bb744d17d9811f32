/*
title = "Every procedure has exactly one answer at each timepoint"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
examined = "procedures and timepoints"
not_applicable = "there are no procedures"
remedy = "This is a mistake in the program: keep the generation before, and report it."
*/
-- Each timepoint is a bit: rows of a procedure beyond its bits are rows too many.
with known as (
    select distinct pain_outcomes.timepoint
    from pain_outcomes
),

places as (
    select
        known.timepoint,
        count(earlier.timepoint) as place
    from known
    left join known as earlier on known.timepoint > earlier.timepoint
    group by known.timepoint
),

counted as (
    select
        pain_outcomes.procedure_id,
        count(*) as statuses,
        bit_count(bit_or(cast(1 as bigint) << places.place)) as timepoints
    from pain_outcomes
    inner join places on pain_outcomes.timepoint = places.timepoint
    group by pain_outcomes.procedure_id
)

select
    coalesce(sum(counted.statuses - counted.timepoints), 0) as violations,
    coalesce(sum(counted.timepoints), 0) as examined
from counted
