/*
topic = "pain"
title = "Pain halved at $timepoint"
question = "In what share was pain halved by $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with a recorded baseline of 4 or more"
source = "Farrar 2001 (doi 10.1016/S0304-3959(01)00349-9); IMMPACT, Dworkin 2008 (doi 10.1016/j.jpain.2007.09.005); Ostelo 2008"
caveat = "Judges single patients, never a difference of group means."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    2 * (pain_outcomes.baseline - pain_outcomes.score) >= pain_outcomes.baseline as value
from population_responders as pain_outcomes
where pain_outcomes.excluded_as is null
