/*
title = "Osteoporotic fractures of the last 12 weeks whose work-up is not closed, where their sender sends any of it"
grain = "one row per procedure: its patient alive, not treated again"
*/
with senders as (
    select distinct outcomes.source
    from osteoporosis_care
    inner join outcomes on osteoporosis_care.procedure_id = outcomes.procedure_id
)

select
    outcomes.outcome_no,
    cast(outcomes.procedure_id as varchar) as procedure_id,
    cast(outcomes.patient_key as varchar) as patient_key,
    outcomes.site,
    outcomes.performed_on,
    coalesce(osteoporosis_care.has_bone_density, false) as has_bone_density,
    coalesce(osteoporosis_care.is_decided, false) as is_decided,
    84 - date_diff('day', outcomes.performed_on, cast($today as date)) as days_left
from outcomes
inner join senders on outcomes.source = senders.source
inner join patients on outcomes.patient_key = patients.patient_key
left join osteoporosis_care on outcomes.procedure_id = osteoporosis_care.procedure_id
where
    outcomes.indication = 'osteoporotic'
    and date_diff('day', outcomes.performed_on, cast($today as date)) between 0 and 84
    and not coalesce(osteoporosis_care.has_bone_density and osteoporosis_care.is_decided, false)
    and patients.died_on is null
    and not outcomes.death_day_unknown
    and outcomes.next_procedure_day is null
