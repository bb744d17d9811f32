/*
title = "Day cases have a time of being ready to go home"
category = "completeness"
severity = "warn"
tolerated_share = 0.2
examined = "procedures of patients from home who left on the day"
not_applicable = "the sender does not record it, or there are none"
remedy = "Note the time when the criteria to go home are met, not the time of leaving."
*/
select
    count(*) filter (where outcomes.recovery_hours is null) as violations,
    count(*) as examined
from outcomes
where
    outcomes.sends_recovery
    and outcomes.discharge_day = 0
    and outcomes.setting in ('outpatient', 'admitted_for_procedure')
