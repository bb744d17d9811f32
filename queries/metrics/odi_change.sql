/*
topic = "pain"
title = "Change in ODI at $timepoint"
question = "How much has the ODI changed from before to $timepoint?"
kind = "mean"
unit = "points of 100"
better = "lower"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with an answer to the same questionnaire before"
source = "Oswestry Disability Index, 0 to 100 per cent"
caveat = "Negative is less disability. Change after treatment, not the effect of it."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.odi - outcomes.baseline_odi as value
from population_odi as pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.excluded_as is null
