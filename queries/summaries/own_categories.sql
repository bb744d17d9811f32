/*
title = "What the rows of a hospital's own distribution are, before they are counted"
grain = "one row"
*/
select
    count(*) as answers,
    count(distinct metric_rows.procedure_id) as procedures,
    count(*) filter (where outcomes.procedure_id is null) as strangers,
    count(distinct cast(metric_rows.category as varchar)) as other_numbers
from metric_rows
left join outcomes on metric_rows.procedure_id = outcomes.procedure_id
