-- Counts of another system, where any were sent.

insert into counts
select
    live_counts.source,
    live_counts.month_date as month,
    live_counts.site,
    live_counts.n
from live_counts
order by live_counts.month_date, live_counts.site nulls first, live_counts.source;
