/*
topic = "follow_up"
title = "Called one or two days before"
question = "In what share did staff reach the patient one or two days before, or on the last working day?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet A: staff call 24 to 48 hours before"
caveat = "A Friday call counts for a Monday procedure; public holidays are not known."
version = 1
*/
with calls as (
    select
        pre_calls.procedure_id,
        max(
            case
                when
                    pre_calls.was_reached
                    and (pre_calls.days_before in (1, 2) or (pre_calls.days_before = 3 and outcomes.weekday = 'Monday'))
                    then 1
                else 0
            end
        )
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
