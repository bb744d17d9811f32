/*
topic = "recovery"
title = "Hours until ready to go home"
question = "How long until the patient is ready to go home?"
kind = "median"
unit = "hours"
better = "lower"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflets A and B: recovery takes 4 to 6 hours"
caveat = "Those who stayed often have no time, so this median leaves the slow ones out; times of zero, below zero or above 24 hours are not used."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.recovery_hours as value
from population_from_home as outcomes
where outcomes.excluded_as is null
