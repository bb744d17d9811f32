/*
topic = "levels"
title = "Treated vertebrae"
question = "Which vertebrae are treated?"
kind = "category"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "A procedure on several vertebrae counts once at each of them, so shares add to more than 100 %."
version = 1
*/
select
    outcomes.procedure_id,
    cast(treated_levels.vertebra as varchar) as category
from outcomes
left join treated_levels on outcomes.procedure_id = treated_levels.procedure_id
