/*
topic = "safety"
title = "Kinds of events within 30 days"
question = "Which events were reported within 30 days, and in what share of procedures?"
kind = "category"
unit = "%"
better = "neutral"
eligible = "at least 30 days of records after the procedure"
source = "CIRSE 2017 (doi 10.1007/s00270-017-1703-4) and SIR classes ask for each kind apart"
caveat = "A procedure with several kinds counts at each, so shares add to more than 100 %. How many leaks are seen says how hard one looks."
followed_by = "followed_up"
linked = ["complications"]
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_complications then coalesce(events_30_days.kind, 'none') end as category
from population_thirty_days as outcomes
left join events_30_days on outcomes.procedure_id = events_30_days.procedure_id
where outcomes.excluded_as is null
