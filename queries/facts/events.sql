/*
title = "Reported events"
grain = "one row per event of a loaded procedure"
*/
select
    outcomes.outcome_no,
    date_diff('day', outcomes.performed_on, complications.occurred_on) as day,
    cast(complications.type as varchar) as type,
    complications.severity,
    cast(complications.scale as varchar) as scale,
    complications.symptomatic
from complications
inner join outcomes on complications.procedure_id = outcomes.procedure_id
where $everyone or list_contains($places, outcomes.outcome_no)
