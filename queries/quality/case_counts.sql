/*
title = "Procedures by a count of another system, and those that the records hold"
grain = "one row per month and site that was counted (site null = all together), of months that the records reach to"
*/
with held as (
    select
        date_trunc('month', outcomes.performed_on) as month,
        outcomes.site,
        count(*) as procedures
    from outcomes
    group by date_trunc('month', outcomes.performed_on), outcomes.site
),

counted as (
    select
        counts.month,
        counts.site,
        max(counts.n) as n
    from counts
    group by counts.month, counts.site
)

select
    counted.month,
    counted.site,
    counted.n as counted,
    cast(coalesce(sum(held.procedures), 0) as integer) as held
from counted
left join held on counted.month = held.month and (counted.site is null or counted.site = held.site)
where counted.month >= (select min(first_months.month) from held as first_months)
group by counted.month, counted.site, counted.n
