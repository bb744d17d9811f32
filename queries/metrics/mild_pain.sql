/*
topic = "pain"
title = "Pain 3 or less at $timepoint"
question = "In what share is pain 3 or less at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "VERTOS II: sufficient relief is 3 or less; VAPOUR: below 4"
caveat = "Counts also those whose pain was 3 or less before."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.score <= 3 as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
