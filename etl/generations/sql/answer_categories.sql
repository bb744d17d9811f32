-- The categories of one metric; `composed_rows` is put before it.
insert into numbered_categories
select
    cast($metric_no as smallint) as metric_no,
    outcome_no,
    category
from composed_rows
order by outcome_no, category
