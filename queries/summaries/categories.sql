/*
title = "Every procedure's categories of one metric"
grain = "one row per eligible procedure and category"
*/
select
    metric_rows.procedure_id,
    metric_rows.category
from metric_rows
where metric_rows.category is not null
