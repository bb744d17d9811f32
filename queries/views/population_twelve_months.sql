/*
title = "Procedures with at least 365 days of records after them"
grain = "one row per procedure"
excludes = ["not_due"]
*/
select
    outcomes.*,
    case when outcomes.observed_days < 365 then 'not_due' end as excluded_as
from outcomes
