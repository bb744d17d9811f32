/*
topic = "pain"
title = "Satisfied at $timepoint"
question = "What share is satisfied or very satisfied with the result at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Definition of this product: the two best of five answers"
caveat = "Satisfaction is also with the staff and the stay, and those who are not satisfied answer less often."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    case
        when pain_outcomes.satisfaction <> 'unknown'
            then pain_outcomes.satisfaction in ('very_satisfied', 'satisfied')
    end as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
