/*
title = "Hospitals whose records are in the pool, and of late ones the last day of the month that these reach"
grain = "one row per hospital that ships records"
*/
select
    hospitals.hospital,
    hospitals.shipment,
    case when hospitals.late_days > 0 then last_day(hospitals.as_of) end as last_day
from hospitals
where hospitals.what = 'records'
