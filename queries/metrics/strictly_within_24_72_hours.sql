/*
topic = "pain"
title = "Asked strictly within 24 to 72 hours"
question = "Of scores at 24–72 hours, what share lies strictly within 24 to 72 elapsed hours?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "the 24–72 hour window is closed, the patient alive and not treated again by its last day"
source = "Definition of this product (METRICS)"
caveat = "Of those with both times known. The window counts calendar days, so that next-morning rounds are not lost."
version = 1
*/
select
    outcomes.procedure_id,
    pain_outcomes.offset_hours between 24 and 72 as value
from outcomes
inner join pain_outcomes
    on outcomes.procedure_id = pain_outcomes.procedure_id and pain_outcomes.timepoint = 'hours_24_72'
where pain_outcomes.status in ('recorded', 'missing')
