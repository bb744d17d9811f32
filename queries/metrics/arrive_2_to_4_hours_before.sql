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
    population_from_home.procedure_id,
    outcomes.arrival_hours_before between 2 and 4 as value
from population_from_home
inner join outcomes on population_from_home.procedure_id = outcomes.procedure_id
where population_from_home.excluded_as is null
