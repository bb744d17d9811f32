/*
topic = "recovery"
title = "Home-ready within 6 hours"
question = "In what share of intended day cases is the patient ready to go home within 6 hours?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "procedures intended as day case; where the sender has no planned stay, outpatients"
source = "Patient leaflets A and B: recovery takes 4 to 6 hours"
caveat = "A recorded time decides. Without one, leaving within 6 hours is yes; a stay for transport, social reasons or a late finish, and a transfer, say nothing; other stays are no."
version = 1
*/
select
    outcomes.procedure_id,
    case
        when outcomes.sends_recovery and outcomes.recovery_hours is not null then outcomes.recovery_hours <= 6
        when outcomes.disposition = 'died' then false
        when outcomes.disposition = 'other_hospital' then null
        when outcomes.stay_hours <= 6 then true
        when outcomes.discharge_day > 0 and outcomes.delay_reason in ('no_transport', 'social', 'late_finish') then null
        when outcomes.discharge_day > 0 then false
    end as value
from population_day_cases as outcomes
where outcomes.excluded_as is null
