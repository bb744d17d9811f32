/*
title = "Calls before the procedure: the recorded call that reached the patient, else the contacts"
grain = "one row per call or attempt"
*/
select
    procedures.procedure_id,
    true as was_reached,
    date_diff('second', procedures.pre_call_at, procedures.started_at) / 3600e0 as hours_before,
    date_diff('day', procedures.pre_call_on, procedures.performed_on) as days_before
from procedures
where procedures.pre_call_at is not null
union all
select
    procedures.procedure_id,
    coalesce(contacts.outcome = 'reached', false) as was_reached,
    date_diff('second', contacts.happened_at, procedures.started_at) / 3600e0 as hours_before,
    date_diff('day', contacts.happened_on, procedures.performed_on) as days_before
from procedures
inner join contacts on procedures.procedure_id = contacts.procedure_id
where procedures.pre_call_at is null and contacts.kind = 'pre_call'
