/*
topic = "recovery"
title = "Arrived 2 to 4 hours before"
question = "In what share did the patient arrive 2 to 4 hours before the start?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet B: arrive 2 to 4 hours before for tests"
caveat = "Delays of the start are in it."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.arrival_hours_before between 2 and 4 as value
from population_from_home as outcomes
where outcomes.excluded_as is null
