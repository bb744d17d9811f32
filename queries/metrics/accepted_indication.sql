/*
topic = "selection"
title = "Accepted indication"
question = "In what share was the indication one that the leaflets name?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "every procedure"
source = "Patient leaflet A: osteoporosis, tumours, haemangioma; not disc disease"
caveat = "Trauma and other indications are for review and count as not recorded."
version = 1
*/
select
    outcomes.procedure_id,
    case
        when outcomes.indication in ('osteoporotic', 'metastasis', 'myeloma', 'haemangioma') then true
        when outcomes.indication = 'disc_disease' then false
    end as value
from outcomes
