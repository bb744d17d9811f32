/*
title = "Fall in pain at $timepoint"
question = "How far did each patient's pain fall by $timepoint?"
unit = "% of pain before"
counts = "at_least"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with a recorded baseline of 4 or more"
source = "Farrar 2003: cumulative proportion of responders; IMMPACT, Dworkin 2008"
caveat = "Change after treatment, not the effect of it."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    100e0 * cast(pain_outcomes.baseline - pain_outcomes.score as double) / nullif(cast(pain_outcomes.baseline as double), 0)
        as value
from population_responders as pain_outcomes
where pain_outcomes.excluded_as is null
