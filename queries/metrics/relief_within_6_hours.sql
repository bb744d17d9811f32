/*
topic = "pain"
title = "Relief within 6 hours"
question = "In what share did pain fall by at least 30 % within 6 hours?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure, with a recorded baseline of 4 or more"
source = "Patient leaflets A and B: relief within a few hours"
caveat = "The score nearest to 4 hours after the end, of those 1 to 6 hours after; few departments ask then."
version = 1
*/
select
    outcomes.procedure_id,
    10 * (outcomes.baseline - outcomes.score_1_to_6_hours) >= 3 * outcomes.baseline as value
from population_early_relief as outcomes
where outcomes.excluded_as is null
