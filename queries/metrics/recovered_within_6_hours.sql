/*
topic = "recovery"
title = "Ready to go home within 6 hours"
question = "In what share is the patient ready to go home within 6 hours?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflets A and B: recovery takes 4 to 6 hours"
caveat = "Those who stayed overnight without a ready time count as no."
version = 1
*/
select
    population_from_home.procedure_id,
    case
        when ready_answers.hours is not null then ready_answers.hours <= 6
        when ready_answers.stayed_without_time then false
    end as value
from population_from_home
inner join ready_answers on population_from_home.procedure_id = ready_answers.procedure_id
where population_from_home.excluded_as is null
