/*
title = "Every procedure's answer to one metric"
grain = "one row per procedure that counts, or does not for a reason that counts"
*/
select
    metric_rows.procedure_id,
    cast(case when metric_rows.value is null then 1 else 2 end as smallint) as answer,
    coalesce(cast(metric_rows.value as double), 0e0) as value,
    cast(0 as smallint) as exclusion
from metric_rows
union all
select
    population.procedure_id,
    cast(0 as smallint) as answer,
    0e0 as value,
    cast(
        case population.excluded_as
            when 'setting' then 1
            when 'not_due' then 2
            when 'died' then 3
            when 'retreated' then 4
            when 'baseline_missing' then 5
            when 'baseline_below_4' then 6
        end as smallint
    ) as exclusion
from population
where population.excluded_as is not null
