/*
topic = "pain"
title = "EQ-5D index higher by 0.08 or more at $timepoint"
question = "In what share was the EQ-5D index higher by 0.08 or more at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with an index of 0.92 or less before, which can rise by 0.08"
source = "PMC7053735 (n = 161): a change of 0.08 went with 2 points of pain"
caveat = "No published threshold depends on the index before. Judges single patients, never a difference of group means. Value sets of countries differ."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    100 * (pain_outcomes.eq5d_index - outcomes.baseline_eq5d_index) >= 8 as value
from population_eq5d as pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.excluded_as is null and 100 * outcomes.baseline_eq5d_index <= 92
