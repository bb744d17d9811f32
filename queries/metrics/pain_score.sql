/*
topic = "pain"
title = "Pain at $timepoint"
question = "How much does it hurt at $timepoint?"
kind = "mean"
unit = "points of 10"
better = "lower"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Definition of this product (METRICS)"
caveat = "Change after treatment, not the effect of it: pain of a fresh fracture also eases without."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.score as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
