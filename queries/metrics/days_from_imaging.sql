/*
topic = "recovery"
title = "Days from imaging"
question = "How old were the images by which the procedure was decided?"
kind = "median"
unit = "days"
better = "lower"
eligible = "outpatients and those admitted for the procedure"
source = "Definition of this product; Medicare LCD L34228: oedema on MRI or uptake shows an acute or subacute fracture"
caveat = "Images after the procedure count as not recorded. Oedema fades: old images show what may have healed."
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.imaged_day <= 0 then -outcomes.imaged_day end as value
from population_from_home as outcomes
where outcomes.excluded_as is null
