/*
title = "Reported events, in days from the procedure"
grain = "one row per event"

[derived]
day = "Days from the procedure; null = the procedure is not loaded."
*/
select
    cast(complications.complication_id as varchar) as complication_id,
    cast(complications.procedure_id as varchar) as procedure_id,
    date_diff('day', procedures.performed_on, complications.occurred_on) as day,
    cast(complications.type as varchar) as type,
    complications.severity
    /*each complications stored safe_harbor: , {extracted} as {name}*/
from complications
left join procedures on complications.procedure_id = procedures.procedure_id
