/*
topic = "discharge"
title = "Why patients stayed"
question = "Why did patients not go home the same day?"
kind = "category"
unit = "%"
better = "neutral"
eligible = "outpatients and those admitted for the procedure who did not go home the same day"
source = "Definition of this product (METRICS)"
caveat = "One main reason each, as written by the department."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.delay_reason as category
from population_from_home as outcomes
inner join same_day_answers on outcomes.procedure_id = same_day_answers.procedure_id
where outcomes.excluded_as is null and same_day_answers.went_home is false
