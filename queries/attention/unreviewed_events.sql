/*
title = "Serious or unclassified events and deaths within 30 days that the sender has not marked as reviewed"
grain = "one row per procedure"
*/
with open_events as (
    select distinct complications.procedure_id
    from complications
    inner join procedures on complications.procedure_id = procedures.procedure_id
    where complications.reviewed is not true
    and date_diff('day', procedures.performed_on, complications.occurred_on) between 0 and 30
    and complications.type <> 'new_fracture'
    and not (complications.type = 'cement_leak' and complications.symptomatic is not true)
    and (
        complications.severity is null
        or (complications.scale = 'sir' and complications.severity in ('C', 'D', 'E', 'F'))
        or (complications.scale = 'cirse' and complications.severity in ('3', '4', '5', '6'))
    )
)

select
    outcomes.outcome_no,
    cast(outcomes.procedure_id as varchar) as procedure_id
from outcomes
left join open_events on outcomes.procedure_id = open_events.procedure_id
where open_events.procedure_id is not null
or outcomes.death_day between 0 and 30
