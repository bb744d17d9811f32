/*
title = "Contacts and reported events of one procedure"
grain = "one row per contact or event"
*/
select
    'contact' as sort,
    cast(contacts.kind as varchar) as kind,
    cast(contacts.outcome as varchar) as outcome,
    contacts.happened_on,
    cast(null as varchar) as severity,
    cast(null as varchar) as scale,
    cast(null as boolean) as symptomatic
from contacts
where contacts.procedure_id = cast($procedure as uuid)
union all
select
    'event' as sort,
    cast(complications.type as varchar) as kind,
    cast(null as varchar) as outcome,
    complications.occurred_on as happened_on,
    complications.severity,
    cast(complications.scale as varchar) as scale,
    complications.symptomatic
from complications
where complications.procedure_id = cast($procedure as uuid)
