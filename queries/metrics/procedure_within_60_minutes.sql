/*
topic = "recovery"
title = "One vertebra within 60 minutes"
question = "In what share of single-level procedures does it take an hour or less?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "outpatients and those admitted for the procedure; one vertebra"
source = "Patient leaflets A and B: about one hour"
caveat = "Single-level procedures only."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.procedure_minutes <= 60 as value
from population_single_level as outcomes
where outcomes.excluded_as is null
