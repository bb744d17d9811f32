/*
title = "Procedures done on a day whose pain at a timepoint has not been asked and can still be"
grain = "one row per procedure"
*/
select
    outcomes.outcome_no,
    cast(outcomes.procedure_id as varchar) as procedure_id
from pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.timepoint = $timepoint
and pain_outcomes.status in ('not_due', 'missing')
and outcomes.performed_on = cast($performed_on as date)
