/*
title = "Hours until ready to go home, and whether a stay without a time answers for it"
grain = "one row per procedure"
*/
select
    outcomes.procedure_id,
    case when outcomes.sends_recovery then outcomes.recovery_hours end as hours,
    outcomes.sends_recovery
    and outcomes.recovery_hours is null
    and (coalesce(outcomes.discharge_day > 0, false) or coalesce(outcomes.disposition = 'died', false))
        as stayed_without_time
from outcomes
