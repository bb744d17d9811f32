/*
title = "What the rows of a hospital's own metric are, before they are counted"
grain = "one row"
*/
select
    count(*) as answers,
    count(distinct metric_rows.procedure_id) as procedures,
    count(*) filter (where outcomes.procedure_id is null) as strangers,
    count(*) filter (where cast(metric_rows.value as double) not in (0, 1)) as other_numbers
from metric_rows
left join outcomes on metric_rows.procedure_id = outcomes.procedure_id
