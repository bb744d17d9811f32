/*
title = "How contacts with a procedure's patient in a window ended"
grain = "one row per procedure and outcome of a contact"
*/
select distinct
    outcomes.outcome_no,
    cast(contacts.outcome as varchar) as outcome
from outcomes
inner join contacts on outcomes.procedure_id = contacts.procedure_id
where
    contacts.outcome is not null
    and date_diff('day', outcomes.performed_on, contacts.happened_on) between $first_day and $last_day
