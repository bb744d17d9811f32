/*
topic = "pain"
title = "Pain not lower by 1 point at $timepoint"
question = "In what share is pain not lower by at least 1 point at $timepoint?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Definition of this product (METRICS)"
caveat = "Includes those whose pain rose."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.baseline - pain_outcomes.score < 1 as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
