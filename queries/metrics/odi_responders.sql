/*
topic = "pain"
title = "ODI lower by 30 % or more at $timepoint"
question = "In what share was disability by ODI lower by 30 % or more at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with an ODI of 10 or more before"
source = "Ostelo 2008 (Spine 33:90): 30 % of the score before; its absolute threshold of 10 points is the floor"
caveat = "Judges single patients, never a difference of group means. Found in low back pain, not in fractures."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    10 * (outcomes.baseline_odi - pain_outcomes.odi) >= 3 * outcomes.baseline_odi as value
from population_odi as pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.excluded_as is null and outcomes.baseline_odi >= 10
