/*
topic = "recovery"
title = "Hours in hospital after the procedure"
question = "How long does the patient stay after the procedure?"
kind = "median"
unit = "hours"
better = "lower"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet A: the stay depends on the number of fractures treated"
caveat = "From the end of the procedure to leaving the hospital."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.stay_hours as value
from population_from_home as outcomes
where outcomes.excluded_as is null
