/*
topic = "safety"
title = "Known to be followed up at 30 days"
question = "Of how many is anything known from day 21 on?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "at least 30 days of records after the procedure"
source = "Definition of this product (METRICS)"
caveat = "A contact reached, visit, score, readmission or death. Below 80 % the safety figures are reported events, not rates."
version = 1
until = 2026-11-29
changed = "A death at any time counts as known, not only from day 21 on."
*/
select
    outcomes.procedure_id,
    coalesce(outcomes.last_known_day >= 21, false) as value
from population_thirty_days as outcomes
where outcomes.excluded_as is null
