/*
title = "Between half a millilitre and 10 ml of cement for each vertebra"
category = "plausibility"
severity = "warn"
tolerated_share = 0.05
examined = "procedures with cement and levels"
not_applicable = "cement is not recorded"
remedy = "Check the volume; it is in millilitres, all vertebrae together."
*/
select
    count(*) filter (
        where
        procedures.cement_ml < 5e-1 * outcomes.level_count
        or procedures.cement_ml > 10 * outcomes.level_count
    ) as violations,
    count(*) as examined
from procedures
inner join outcomes on procedures.procedure_id = outcomes.procedure_id
where procedures.cement_ml is not null and outcomes.level_count is not null
