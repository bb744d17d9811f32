/*
title = "Procedures whose patient was reached or seen in a window"
grain = "one row per procedure"
*/
select distinct outcomes.outcome_no
from outcomes
inner join contacts on outcomes.procedure_id = contacts.procedure_id
where
    contacts.outcome in ('reached', 'attended')
    and date_diff('day', outcomes.performed_on, contacts.happened_on) between $first_day and $last_day
