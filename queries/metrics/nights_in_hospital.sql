/*
topic = "discharge"
title = "Nights in hospital"
question = "How many nights did patients stay?"
kind = "category"
unit = "%"
better = "neutral"
eligible = "outpatients and those admitted for the procedure"
source = "Definition of this product (METRICS)"
caveat = "Patients who died before leaving have no answer."
version = 1
*/
select
    outcomes.procedure_id,
    case
        when coalesce(outcomes.disposition, 'unknown') <> 'died' then cast(outcomes.discharge_day as varchar)
    end as category
from population_from_home as outcomes
where outcomes.excluded_as is null
