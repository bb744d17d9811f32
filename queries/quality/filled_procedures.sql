/*
title = "In how many procedures each field is filled"
grain = "one row per site (null = not recorded) and month"
*/
select
    procedures.site,
    cast(date_trunc('month', procedures.performed_on) as date) as month,
    count(*) as records,
    count(procedures.operator) as filled_operator,
    count(procedures.started_at) as filled_started_at,
    count(procedures.ended_at) as filled_ended_at,
    count(procedures.arrived_at) as filled_arrived_at,
    count(procedures.recovery_ready_at) as filled_recovery_ready_at,
    count(procedures.discharged_on) as filled_discharged_at,
    /*each procedures stored: sum(case when cast(procedures.{name} as varchar) <> 'unknown' then 1 else 0 end) as filled_{name},*/
    count(procedures.site) as filled_site
from procedures
group by procedures.site, date_trunc('month', procedures.performed_on)
