-- What a manifest tells of a generation.

-- name: info
select
    generation_info.generation,
    generation_info.schema_version,
    generation_info.as_of,
    generation_info.is_synthetic,
    generation_info.timepoints,
    generation_info.code_version
from generation_info;

-- name: clocks
select
    source_clocks.kind,
    max(source_clocks.as_of) as as_of
from source_clocks
group by source_clocks.kind
order by source_clocks.kind;

-- name: last_year
select count(*) as procedures
from outcomes
cross join generation_info
where
    outcomes.performed_on > generation_info.as_of - interval 1 year
    and outcomes.performed_on <= generation_info.as_of;

-- name: capture
-- Where a count of all sites together was sent it stands, else those of the sites are added up.
with held as (
    select
        date_trunc('month', outcomes.performed_on) as month,
        count(*) as procedures
    from outcomes
    group by date_trunc('month', outcomes.performed_on)
),

counted as (
    select
        largest.month,
        coalesce(max(largest.n) filter (where largest.site is null), sum(largest.n)) as n
    from (
        select
            counts.month,
            counts.site,
            max(counts.n) as n
        from counts
        group by counts.month, counts.site
    ) as largest
    group by largest.month
)

select
    strftime(held.month, '%Y-%m') as month,
    held.procedures,
    counted.n as counted
from held
left join counted on held.month = counted.month
order by held.month;

-- name: delays
select
    strftime(date_trunc('month', outcomes.performed_on), '%Y-%m') as month,
    count(outcomes.registration_delay_days) as recorded,
    median(outcomes.registration_delay_days) as days
from outcomes
group by date_trunc('month', outcomes.performed_on)
order by date_trunc('month', outcomes.performed_on);
