-- What every procedure answers to one metric; `composed_rows` is put before it.
insert into numbered_answers
select
    cast($metric_no as smallint) as metric_no,
    outcome_no,
    answer,
    exclusion,
    case when answer = 2 then value end as value
from composed_rows
order by outcome_no
