/*
topic = "safety"
title = "Cement leak with symptoms"
question = "In what share did a cement leak cause symptoms within 30 days?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "at least 30 days of records after the procedure"
source = "CIRSE 2017 (doi 10.1007/s00270-017-1703-4); SIR classes A to F"
caveat = "Never pooled with leaks seen on imaging: their rate says how hard one looks."
followed_by = "followed_up"
linked = ["complications"]
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_leaks then coalesce(outcomes.symptomatic_leak_day <= 30, false) end as value
from population_thirty_days as outcomes
where outcomes.excluded_as is null
