/*
title = "Patients are between 18 and 100 years old"
category = "plausibility"
severity = "warn"
tolerated_share = 0.01
examined = "procedures with an age"
not_applicable = "no age is recorded"
remedy = "Check the age or the date of birth."
*/
select
    count(*) filter (where outcomes.age_years < 18 or outcomes.age_years > 100) as violations,
    count(*) as examined
from outcomes
where outcomes.age_years is not null
