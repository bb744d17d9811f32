/*
topic = "pain"
title = "Much improved at $timepoint"
question = "In what share does the patient say much or very much improved at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Farrar 2001 (doi 10.1016/S0304-3959(01)00349-9): the two best of seven steps of the global impression of change"
caveat = "The rating follows how the patient feels that day more than how it was before."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    case
        when pain_outcomes.change_rating <> 'unknown'
            then pain_outcomes.change_rating in ('very_much_improved', 'much_improved')
    end as value
from population_window as pain_outcomes
where pain_outcomes.excluded_as is null
