/*
topic = "pain"
title = "Comfortable or improving at $timepoint"
question = "In what share is pain at $timepoint 3 or less and not higher than before, or lower by 2 or more?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Patient leaflet B: comfortable and improving at the visit"
caveat = "What comfortable means is our reading."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    (pain_outcomes.score <= 3 and pain_outcomes.score <= pain_outcomes.baseline)
    or pain_outcomes.baseline - pain_outcomes.score >= 2 as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
