/*
title = "Every procedure's categories of one metric"
grain = "one row per eligible procedure and category"
*/
select
    outcomes.outcome_no,
    metric_rows.category
from outcomes
inner join metric_rows on outcomes.procedure_id = metric_rows.procedure_id
where metric_rows.category is not null
