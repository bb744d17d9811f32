/*
title = "What may explain a difference between patients, as numbers; -1 where it is not recorded"
grain = "one row per procedure"
*/
select
    outcomes.outcome_no,
    -- As ages leave in bundles: 90 stands for 90 and older.
    cast(coalesce(case when outcomes.age_years > 90 then 90 else outcomes.age_years end, -1) as double) as age_years,
    cast(coalesce(outcomes.asa_class, -1) as double) as asa_class,
    cast(
        coalesce(case when outcomes.level_count > 4 then 4 else outcomes.level_count end, -1) as double
    ) as level_count,
    cast(coalesce(outcomes.baseline, -1) as double) as baseline,
    cast(
        case
            when outcomes.indication is null or outcomes.indication = 'unknown' then -1
            when outcomes.indication in ('metastasis', 'myeloma') then 1
            when outcomes.indication = 'osteoporotic' then 0
            else 2
        end as double
    ) as indication,
    cast(
        case
            when outcomes.setting = 'outpatient' then 0
            when outcomes.setting = 'admitted_for_procedure' then 1
            when outcomes.setting in ('already_inpatient', 'transferred') then 2
            else -1
        end as double
    ) as setting
from outcomes
