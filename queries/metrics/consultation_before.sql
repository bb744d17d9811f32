/*
topic = "follow_up"
title = "Talked with the radiologist before the day"
question = "In what share did the patient talk with the radiologist before the day of the procedure?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet A: radiologist consultation before the day"
caveat = "A consultation that did not take place, or only on the day, counts as no; nothing recorded is not recorded."
version = 1
*/
with consultations as (
    select
        contacts.procedure_id,
        max(
            case
                when
                    contacts.happened_on < procedures.performed_on
                    and coalesce(contacts.outcome, 'attended') in ('reached', 'attended')
                    then 1
                else 0
            end
        )
        = 1 as was_before
    from contacts
    inner join procedures on contacts.procedure_id = procedures.procedure_id
    where contacts.kind = 'consultation' and coalesce(contacts.outcome, 'attended') <> 'unknown'
    group by contacts.procedure_id
)

select
    population_from_home.procedure_id,
    consultations.was_before as value
from population_from_home
left join consultations on population_from_home.procedure_id = consultations.procedure_id
where population_from_home.excluded_as is null
