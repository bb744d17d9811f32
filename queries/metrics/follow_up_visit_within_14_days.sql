/*
topic = "follow_up"
title = "Follow-up visit within 14 days"
question = "In what share did the patient come to a follow-up visit within 14 days?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "more than 14 days ago, the patient alive and not treated again by then"
source = "Patient leaflet B: follow-up visit at 1 to 2 weeks"
caveat = "A later visit or a missed appointment counts as no; nothing recorded is not recorded."
version = 1
*/
with visits as (
    select
        follow_up_visits.procedure_id,
        max(case when follow_up_visits.was_attended and follow_up_visits.day between 1 and 14 then 1 else 0 end) = 1
            as was_in_time
    from follow_up_visits
    group by follow_up_visits.procedure_id
)

select
    population_visit_due.procedure_id,
    visits.was_in_time as value
from population_visit_due
left join visits on population_visit_due.procedure_id = visits.procedure_id
where population_visit_due.excluded_as is null
