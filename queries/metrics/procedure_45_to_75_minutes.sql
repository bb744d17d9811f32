/*
topic = "recovery"
title = "One vertebra in 45 to 75 minutes"
question = "In what share of single-level procedures does it take about an hour?"
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
    outcomes.procedure_minutes between 45 and 75 as value
from population_single_level as outcomes
where outcomes.excluded_as is null
