/*
title = "Ready to go home"
question = "What share is ready to go home by each hour?"
unit = "hours after the end"
counts = "at_most"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflets A and B: recovery takes 4 to 6 hours"
caveat = "Those who stayed overnight without a ready time are held at not ready (a million hours)."
version = 1
*/
select
    population_from_home.procedure_id,
    case
        when ready_answers.hours is not null then ready_answers.hours
        when ready_answers.stayed_without_time then 1e6
    end as value
from population_from_home
inner join ready_answers on population_from_home.procedure_id = ready_answers.procedure_id
where population_from_home.excluded_as is null
