/*
title = "Every procedure's answer to one metric"
grain = "one row per procedure of the metric's population"
*/
select
    outcomes.outcome_no,
    case
        when metric_rows.value is not null then 2
        when metric_rows.procedure_id is not null then 1
        else 0
    end as answer,
    coalesce(cast(metric_rows.value as double), 0e0) as value,
    case population.excluded_as
        when 'setting' then 1
        when 'not_due' then 2
        when 'died' then 3
        when 'retreated' then 4
        when 'baseline_missing' then 5
        when 'baseline_below_4' then 6
        else 0
    end as exclusion
from outcomes
inner join population on outcomes.procedure_id = population.procedure_id
left join metric_rows on outcomes.procedure_id = metric_rows.procedure_id
