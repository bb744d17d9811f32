/*
title = "Whether any procedure comes from a sender that says which stay was planned"
grain = "one row"
*/
select coalesce(max(case when outcomes.sends_intended_stay then 1 else 0 end), 0) as is_sent
from outcomes
