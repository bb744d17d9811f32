/*
title = "Calls and visits, in days and hours from the procedure"
grain = "one row per call or visit, also attempts"

[derived]
day = "Days from the procedure; negative = before; null = the procedure is not loaded."
hours_before = "Hours from the contact to the start of the procedure; null when either time is not known."
on_last_working_day = "Whether it was one or two days before, or on the Friday before a Monday."
*/
select
    cast(contacts.contact_id as varchar) as contact_id,
    cast(contacts.procedure_id as varchar) as procedure_id,
    cast(contacts.kind as varchar) as kind,
    date_diff('day', procedures.performed_on, contacts.happened_on) as day,
    date_diff('second', contacts.happened_at, procedures.started_at) / 3600e0 as hours_before,
    date_diff('day', contacts.happened_on, procedures.performed_on) in (1, 2)
    or (date_diff('day', contacts.happened_on, procedures.performed_on) = 3 and outcomes.weekday = 'Monday')
        as on_last_working_day /*each contacts stored safe_harbor: , {extracted} as {name}*/
from contacts
left join procedures on contacts.procedure_id = procedures.procedure_id
left join outcomes on contacts.procedure_id = outcomes.procedure_id
