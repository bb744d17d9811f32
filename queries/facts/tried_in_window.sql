/*
title = "Procedures whose patient was called or invited in vain in a window"
grain = "one row per procedure"
*/
select distinct outcomes.outcome_no
from outcomes
inner join contacts on outcomes.procedure_id = contacts.procedure_id
where
    contacts.outcome in ('no_answer', 'did_not_attend')
    and date_diff('day', outcomes.performed_on, contacts.happened_on) between $first_day and $last_day
