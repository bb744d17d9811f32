/*
title = "Procedures with at least 30 days of records after them"
grain = "one row per procedure"
excludes = ["not_due"]
*/
select
    outcomes.*,
    case when outcomes.observed_days < 30 then 'not_due' end as excluded_as
from outcomes
