/*
topic = "safety"
title = "Serious complication or death within 30 days"
question = "In what share was there a serious complication or a death within 30 days?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "at least 30 days of records after the procedure"
source = "CIRSE 2017 (doi 10.1007/s00270-017-1703-4); SIR classes A to F"
caveat = "Death of any cause. Every one is listed for review."
followed_by = "followed_up"
linked = ["complications", "deaths"]
version = 1
*/
select
    outcomes.procedure_id,
    case
        when
            outcomes.sends_complications and outcomes.sends_deaths
            then coalesce(outcomes.serious_complication_day <= 30 or outcomes.death_day <= 30, false)
    end as value
from population_thirty_days as outcomes
where outcomes.excluded_as is null
