/*
title = "Pain at every timepoint"
grain = "one row per procedure and timepoint"
*/
select
    cast(pain_outcomes.procedure_id as varchar) as procedure_id,
    pain_outcomes.timepoint,
    cast(pain_outcomes.status as varchar) as status,
    cast(pain_outcomes.baseline as double) as baseline,
    cast(pain_outcomes.score as double) as score,
    /*each pain_scores windows safe_harbor: pain_outcomes.{name},*/
    pain_outcomes.offset_hours
from pain_outcomes
