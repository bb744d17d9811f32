/*
title = "In how many scores that are used each field is filled"
grain = "one row per site (null = not recorded) and month of the procedure"
*/
select
    procedures.site,
    cast(date_trunc('month', procedures.performed_on) as date) as month,
    /*each pain_scores stored: sum(case when cast(pain_scores.{name} as varchar) <> 'unknown' then 1 else 0 end) as filled_{name},*/
    count(*) as records
from score_assignments
inner join pain_scores on score_assignments.score_id = pain_scores.score_id
inner join procedures on score_assignments.procedure_id = procedures.procedure_id
where score_assignments.timepoint is not null
group by procedures.site, date_trunc('month', procedures.performed_on)
