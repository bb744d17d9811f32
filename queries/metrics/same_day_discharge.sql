/*
topic = "discharge"
title = "Home the same day, of all who came from home"
question = "What share of all who came from home went home the same day?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflets A and B: home the same day"
caveat = "Includes planned overnight stays: read it by setting."
version = 1
*/
select
    population_from_home.procedure_id,
    same_day_answers.went_home as value
from population_from_home
inner join same_day_answers on population_from_home.procedure_id = same_day_answers.procedure_id
where population_from_home.excluded_as is null
