/*
topic = "recovery"
title = "Light sedation"
question = "What share had local anaesthesia or moderate sedation only?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Patient leaflets A and B: light sedation, awake"
caveat = "Deep sedation and general anaesthesia count as no."
version = 1
*/
select
    outcomes.procedure_id,
    case
        when outcomes.sedation in ('local', 'moderate') then true
        when outcomes.sedation in ('deep', 'general') then false
    end as value
from outcomes
