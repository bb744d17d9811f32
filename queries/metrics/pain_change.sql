/*
topic = "pain"
title = "Change in pain at $timepoint"
question = "How much has pain changed from before to $timepoint?"
kind = "mean"
unit = "points of 10"
better = "lower"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Definition of this product (METRICS)"
caveat = "Negative is relief. Change after treatment, not the effect of it."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.score - pain_outcomes.baseline as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
