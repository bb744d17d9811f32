/*
topic = "follow_up"
title = "Osteoporosis work-up closed by 12 weeks"
question = "In what share was bone density known and treatment decided by 12 weeks after the procedure?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "osteoporotic fractures; at least 84 days of records after the procedure, alive and not treated again by then"
source = "IOF: key performance indicators of fracture liaison services (Javaid 2020, doi 10.1007/s00198-020-05377-1); Medicare LCD L34228"
caveat = """
Decided = a drug started, already taken, declined or not indicated, or a referral to a service for osteoporosis; \
declined and not indicated have no day and count as in time. Counted from the procedure, not from the fracture. \
Where nothing of the work-up is recorded it is not known."""
version = 1
*/
select
    population_twelve_weeks.procedure_id,
    osteoporosis_care.has_bone_density and osteoporosis_care.is_decided as value
from population_twelve_weeks
left join osteoporosis_care on population_twelve_weeks.procedure_id = osteoporosis_care.procedure_id
where population_twelve_weeks.excluded_as is null
