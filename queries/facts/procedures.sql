/*
title = "What is known of each procedure, to say in words why it counts"
grain = "one row per procedure"
*/
with calls as (
    select
        pre_calls.procedure_id,
        count(*) as call_count,
        min(case when pre_calls.was_reached then pre_calls.hours_before end) as reached_last_hours_before,
        max(case when pre_calls.was_reached then pre_calls.hours_before end) as reached_first_hours_before,
        max(case when pre_calls.was_reached then pre_calls.days_before end) as reached_days_before
    from pre_calls
    group by pre_calls.procedure_id
),

visits as (
    select
        follow_up_visits.procedure_id,
        count(*) as visit_count,
        min(case when follow_up_visits.was_attended then follow_up_visits.day end) as first_visit_day,
        max(case when follow_up_visits.was_attended then follow_up_visits.day end) as last_visit_day
    from follow_up_visits
    group by follow_up_visits.procedure_id
),

answered as (
    select
        contacts.procedure_id,
        max(contacts.happened_on) as last_contact_on
    from contacts
    where contacts.outcome in ('reached', 'attended')
    group by contacts.procedure_id
)

select
    outcomes.*,
    patients.died_on,
    calls.call_count,
    calls.reached_last_hours_before,
    calls.reached_first_hours_before,
    calls.reached_days_before,
    visits.visit_count,
    visits.first_visit_day,
    visits.last_visit_day,
    answered.last_contact_on
from outcomes
left join patients on outcomes.patient_key = patients.patient_key
left join calls on outcomes.procedure_id = calls.procedure_id
left join visits on outcomes.procedure_id = visits.procedure_id
left join answered on outcomes.procedure_id = answered.procedure_id
where $everyone or list_contains($places, outcomes.outcome_no)
