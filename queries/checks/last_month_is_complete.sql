/*
title = "The last whole month has at least half of what a month usually has"
category = "completeness"
severity = "warn"
tolerated_share = 0.0
examined = "the last whole month against the twelve before it"
not_applicable = "fewer than six months before it"
remedy = "Look whether a delivery is missing; the figures of that month are not final."
*/
with months as (
    select
        date_trunc('month', outcomes.performed_on) as month,
        count(*) as procedures
    from outcomes
    group by date_trunc('month', outcomes.performed_on)
),

reach as (
    select date_trunc('month', min(outcomes.as_of)) as open_month
    from outcomes
),

closed as (
    select
        months.month,
        months.procedures,
        date_diff('month', months.month, reach.open_month) as age
    from months
    inner join reach on months.month < reach.open_month
),

compared as (
    select
        coalesce(sum(case when closed.age = 1 then closed.procedures end), 0) as newest,
        avg(case when closed.age between 2 and 13 then closed.procedures end) as usual,
        count(case when closed.age between 2 and 13 then 1 end) as months_before
    from closed
)

select
    case when compared.months_before >= 6 and compared.newest < 5e-1 * compared.usual then 1 else 0 end as violations,
    case when compared.months_before >= 6 then 1 else 0 end as examined
from compared
