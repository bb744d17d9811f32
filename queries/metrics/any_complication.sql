/*
topic = "safety"
title = "Any complication within 30 days"
question = "In what share was a complication reported within 30 days?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "at least 30 days of records after the procedure"
source = "CIRSE 2017 (doi 10.1007/s00270-017-1703-4); SIR classes A to F"
caveat = "Leaves out leaks without symptoms and new fractures. Reported events: read it beside the share known to be followed up."
followed_by = "followed_up"
linked = ["complications"]
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_complications then coalesce(outcomes.complication_day <= 30, false) end as value
from population_thirty_days as outcomes
where outcomes.excluded_as is null
