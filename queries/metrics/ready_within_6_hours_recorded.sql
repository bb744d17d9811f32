/*
topic = "recovery"
title = "Ready within 6 hours, of those with a time"
question = "Of those with a recorded time, what share is ready to go home within 6 hours?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflets A and B: recovery takes 4 to 6 hours"
caveat = "Leaves out those who stayed without a time."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.recovery_hours <= 6 as value
from population_from_home as outcomes
where outcomes.excluded_as is null
