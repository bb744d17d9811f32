/*
title = "Every procedure's categories of one metric, as the load has written them"
grain = "one row per eligible procedure and category"
*/
select
    outcome_no,
    category
from numbered_categories
where metric_no = $metric_no
