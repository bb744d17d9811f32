/*
topic = "pain"
title = "Pain higher by 2 or more at $timepoint"
question = "In what share is pain higher by 2 points or more at $timepoint?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Definition of this product (METRICS)"
caveat = "Pain that began above 8 cannot rise by 2."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.score - pain_outcomes.baseline >= 2 as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
