/*
topic = "pain"
title = "Change in EQ-5D at $timepoint"
question = "How much has the EQ-5D changed from before to $timepoint?"
kind = "mean"
unit = "index"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with an answer to the same questionnaire before"
source = "EQ-5D-5L index by the value set of the sender"
caveat = "Positive is better health. Value sets of countries differ: compare within one. Change after treatment, not the effect of it."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.eq5d_index - outcomes.baseline_eq5d_index as value
from population_eq5d as pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.excluded_as is null
