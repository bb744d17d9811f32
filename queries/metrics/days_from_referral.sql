/*
topic = "recovery"
title = "Days from referral"
question = "How long did patients wait from referral to the procedure?"
kind = "median"
unit = "days"
better = "lower"
eligible = "outpatients and those admitted for the procedure"
source = "Definition of this product. For how old fractures were in trials see VERTOS IV (up to 9 weeks) and VAPOUR (up to 6 weeks)"
caveat = "A referral after the procedure counts as not recorded."
version = 1
*/
select
    outcomes.procedure_id,
    case when outcomes.referred_day <= 0 then -outcomes.referred_day end as value
from population_from_home as outcomes
where outcomes.excluded_as is null
