/*
topic = "follow_up"
title = "Called 24 to 48 hours before"
question = "In what share did staff reach the patient 24 to 48 hours before?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet A: staff call 24 to 48 hours before"
caveat = "Attempts that reached nobody count as no; nothing recorded is not recorded."
version = 1
*/
with calls as (
    select
        pre_calls.procedure_id,
        max(case when pre_calls.was_reached and pre_calls.hours_before between 24 and 48 then 1 else 0 end)
        = 1 as was_in_time
    from pre_calls
    inner join outcomes on pre_calls.procedure_id = outcomes.procedure_id
    group by pre_calls.procedure_id
)

select
    population_from_home.procedure_id,
    calls.was_in_time as value
from population_from_home
left join calls on population_from_home.procedure_id = calls.procedure_id
where population_from_home.excluded_as is null
