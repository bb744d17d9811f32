/*
topic = "pain"
title = "Change in RMDQ at $timepoint"
question = "How much has the RMDQ changed from before to $timepoint?"
kind = "mean"
unit = "points of 24"
better = "lower"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with an answer to the same questionnaire before"
source = "Roland-Morris Disability Questionnaire, of 24 or 23 items"
caveat = "Negative is less disability. Forms of 23 and of 24 items are never compared with each other. Change after treatment, not the effect of it."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    case
        when pain_outcomes.rmdq_items <> outcomes.baseline_rmdq_items then null
        else pain_outcomes.rmdq - outcomes.baseline_rmdq
    end as value
from population_rmdq as pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.excluded_as is null
