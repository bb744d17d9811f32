/*
topic = "levels"
title = "Cement in each vertebra"
question = "How much cement is used for each treated vertebra, on average?"
kind = "mean"
unit = "ml"
better = "neutral"
eligible = "every procedure"
source = "Definition of this product. Volume and relief went together in one registry (PMC3804705), not in two series (PMC7977919, n = 158; Al-Ali, n = 357): no target"
caveat = "The cement of a procedure divided by its vertebrae."
version = 1
*/
select
    outcomes.procedure_id,
    cast(outcomes.cement_ml as double) / nullif(outcomes.level_count, 0) as value
from outcomes
