/*
topic = "follow_up"
title = "Pain asked at $timepoint"
question = "In what share is there a pain score at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Definition of this product (METRICS)"
caveat = "Asked and answered."
version = 1
per = "timepoint"
*/
select
    population_window.procedure_id,
    pain_outcomes.score is not null as value
from population_window
inner join pain_outcomes
    on population_window.procedure_id = pain_outcomes.procedure_id and pain_outcomes.timepoint = $timepoint
where population_window.excluded_as is null
