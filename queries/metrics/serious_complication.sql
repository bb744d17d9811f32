/*
topic = "safety"
title = "Serious complication within 30 days"
question = "In what share was a serious complication reported within 30 days?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "at least 30 days of records after the procedure"
source = "CIRSE 2017 (doi 10.1007/s00270-017-1703-4); SIR classes A to F"
caveat = "SIR class C to F or CIRSE grade 3 or more; events without a class are listed, not counted."
followed_by = "followed_up"
linked = ["complications"]
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_complications then coalesce(outcomes.serious_complication_day <= 30, false) end as value
from population_thirty_days as outcomes
where outcomes.excluded_as is null
