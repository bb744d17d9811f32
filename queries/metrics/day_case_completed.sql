/*
topic = "discharge"
title = "Same-day discharge"
question = "What share of intended day cases went home the same day?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "procedures intended as day case; where the sender has no planned stay, outpatients"
source = "Patient leaflets A and B: home the same day"
caveat = "A transfer to another hospital, and leaving after midnight, count as no."
version = 1
*/
select
    population_day_cases.procedure_id,
    same_day_answers.went_home as value
from population_day_cases
inner join same_day_answers on population_day_cases.procedure_id = same_day_answers.procedure_id
where population_day_cases.excluded_as is null
