/*
title = "Every procedure's answer to one metric, as the load has written it"
grain = "one row per procedure that counts, or does not for a reason that counts"
*/
select
    outcome_no,
    answer,
    coalesce(value, 0e0) as value,
    exclusion
from numbered_answers
where metric_no = $metric_no
