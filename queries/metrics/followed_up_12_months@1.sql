/*
topic = "safety"
title = "Known to be followed up at 12 months"
question = "Of how many is anything known from day 300 on?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "at least 365 days of records after the procedure"
source = "Definition of this product (METRICS)"
caveat = "A contact reached, visit, score, readmission or death."
version = 1
until = 2026-11-29
changed = "A death at any time counts as known, not only from day 300 on."
*/
select
    outcomes.procedure_id,
    coalesce(outcomes.last_known_day >= 300, false) as value
from population_twelve_months as outcomes
where outcomes.excluded_as is null
