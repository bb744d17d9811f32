/*
title = "Reported events from the day of the procedure to day 30"
grain = "one row per procedure and kind of event; leaks by whether they caused symptoms"
*/
select distinct
    complications.procedure_id,
    case
        when complications.type <> 'cement_leak' then cast(complications.type as varchar)
        when complications.symptomatic then 'leak_with_symptoms'
        when complications.symptomatic is null then 'leak_symptoms_not_said'
        else 'leak_without_symptoms'
    end as kind
from complications
inner join outcomes on complications.procedure_id = outcomes.procedure_id
where date_diff('day', outcomes.performed_on, complications.occurred_on) between 0 and 30
