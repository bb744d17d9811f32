/*
title = "Events for review"
grain = "one row per serious event, event without a class, or death, of a loaded procedure"
*/
with reported as (
    select
        complications.procedure_id,
        complications.complication_id,
        complications.occurred_on,
        cast(complications.type as varchar) as type,
        complications.severity,
        cast(complications.scale as varchar) as scale,
        coalesce(complications.reviewed, false) as is_reviewed_by_sender,
        case
            when cast(complications.type as varchar) = 'death' then 'death'
            when cast(complications.scale as varchar) = 'sir' and complications.severity in ('C', 'D', 'E', 'F') then 'serious'
            when cast(complications.scale as varchar) = 'cirse' and complications.severity in ('3', '4', '5', '6') then 'serious'
            when complications.severity is null or cast(complications.scale as varchar) = 'unknown' then 'not_classified'
        end as grade
    from complications
    where not (
        complications.severity is null and cast(complications.type as varchar) = 'cement_leak'
        and coalesce(complications.symptomatic, false) = false
    )
),

deaths as (
    select
        outcomes.procedure_id,
        cast(null as bigint) as complication_id,
        outcomes.performed_on + outcomes.death_day as occurred_on,
        'death' as type,
        cast(null as varchar) as severity,
        cast(null as varchar) as scale,
        false as is_reviewed_by_sender,
        'death' as grade
    from outcomes
    where
        outcomes.death_day is not null
        and not exists (
            select 1
            from complications
            where complications.procedure_id = outcomes.procedure_id and cast(complications.type as varchar) = 'death'
        )
),

events as (
    select * from reported
    where reported.grade is not null
    union all
    select * from deaths
)

select
    outcomes.outcome_no,
    cast(events.procedure_id as varchar) as procedure_id,
    events.complication_id,
    events.occurred_on,
    date_diff('day', outcomes.performed_on, events.occurred_on) as days_after,
    outcomes.performed_on,
    outcomes.site,
    events.type,
    events.grade,
    events.severity,
    events.scale,
    events.is_reviewed_by_sender
from events
inner join outcomes on events.procedure_id = outcomes.procedure_id
