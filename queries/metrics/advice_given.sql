/*
topic = "follow_up"
title = "Guidelines for activity given"
question = "In what share were guidelines for activity given?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "outpatients and those admitted for the procedure"
source = "Patient leaflet A: guidelines for activity are given"
caveat = "An attempt that reached nobody counts as no; nothing recorded is not recorded."
version = 1
*/
with advice as (
    select
        contacts.procedure_id,
        max(case when coalesce(contacts.outcome, 'attended') in ('reached', 'attended') then 1 else 0 end) = 1
            as was_given
    from contacts
    where contacts.kind = 'advice_given' and coalesce(contacts.outcome, 'attended') <> 'unknown'
    group by contacts.procedure_id
)

select
    population_from_home.procedure_id,
    advice.was_given as value
from population_from_home
left join advice on population_from_home.procedure_id = advice.procedure_id
where population_from_home.excluded_as is null
