/*
topic = "recovery"
title = "Days to usual activity"
question = "After how many days is the patient back to usual activity?"
kind = "median"
unit = "days"
better = "lower"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet A: back to usual activity soon"
caveat = "Only those known to be back; those who never returned are missing, so it is too short."
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.resumed_activity_day >= 0 then outcomes.resumed_activity_day end as value
from population_from_home as outcomes
where outcomes.excluded_as is null
