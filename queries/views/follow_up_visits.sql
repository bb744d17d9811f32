/*
title = "Follow-up visits and missed appointments"
grain = "one row per visit or missed appointment"
*/
select
    contacts.procedure_id,
    date_diff('day', procedures.performed_on, contacts.happened_on) as day,
    coalesce(contacts.outcome = 'attended', false) as was_attended
from contacts
inner join procedures on contacts.procedure_id = procedures.procedure_id
where contacts.kind = 'follow_up_visit'
