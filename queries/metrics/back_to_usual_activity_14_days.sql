/*
topic = "recovery"
title = "Back to usual activity within 14 days"
question = "In what share is the patient back to usual activity within 14 days?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet A: back to usual activity soon"
caveat = "A later return, or a contact after day 14 without return, counts as no."
version = 1
*/
with later_contacts as (
    select distinct contacts.procedure_id
    from contacts
    inner join procedures on contacts.procedure_id = procedures.procedure_id
    where
        contacts.outcome in ('reached', 'attended')
        and date_diff('day', procedures.performed_on, contacts.happened_on) > 14
)

select
    outcomes.procedure_id,
    case
        when outcomes.resumed_activity_day between 1 and 14 then true
        when outcomes.resumed_activity_day > 14 then false
        when outcomes.resumed_activity_day is null and later_contacts.procedure_id is not null then false
    end as value
from population_from_home as outcomes
left join later_contacts on outcomes.procedure_id = later_contacts.procedure_id
where outcomes.excluded_as is null
