/*
topic = "recovery"
title = "Minutes of procedure"
question = "How long does the procedure take?"
kind = "median"
unit = "minutes"
better = "neutral"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflets A and B: about one hour, longer with more than one vertebra"
caveat = "Start and end are what the sender calls so; compare only within one sender, and by number of vertebrae."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.procedure_minutes as value
from population_from_home as outcomes
where outcomes.excluded_as is null
