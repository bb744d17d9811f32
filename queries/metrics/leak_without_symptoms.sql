/*
topic = "safety"
title = "Cement leak without symptoms"
question = "In what share was a cement leak seen that caused no symptoms?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "at least 30 days of records after the procedure"
source = "Definition of this product. On CT 91 % of VERTOS IV had a leak, other series report 7 to 12 %"
caveat = "How many are seen says how hard one looks. Never pooled with leaks that cause symptoms. Where symptoms are not said, it is not recorded."
followed_by = "followed_up"
linked = ["complications"]
version = 1
*/
with leaks as (
    select
        events_30_days.procedure_id,
        max(case when events_30_days.kind = 'leak_without_symptoms' then 1 else 0 end) as is_silent
    from events_30_days
    where events_30_days.kind in ('leak_without_symptoms', 'leak_symptoms_not_said')
    group by events_30_days.procedure_id
)

select
    outcomes.procedure_id,
    case
        when not outcomes.sends_leaks then null
        when leaks.is_silent = 1 then true
        when leaks.is_silent is null then false
    end as value
from population_thirty_days as outcomes
left join leaks on outcomes.procedure_id = leaks.procedure_id
where outcomes.excluded_as is null
