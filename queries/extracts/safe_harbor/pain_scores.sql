/*
title = "Pain scores; when they were asked is in score_assignments, in hours and days from the procedure"
grain = "one row per accepted pain entry"
*/
select
    cast(pain_scores.score_id as varchar) as score_id,
    cast(pain_scores.patient_key as varchar) as patient_key,
    pain_scores.time_known,
    cast(pain_scores.score as double) as score,
    cast(pain_scores.context as varchar) as context
    /*each pain_scores stored safe_harbor: , {extracted} as {name}*/
from pain_scores
