-- Numbers of one kind, in `candidates`, that several rows share or that a row takes back: only these have versions.
-- Numbers are compared by their hash first: two that share one are told apart by the windows of 20_versions.sql.

create or replace temp table repeated as
select candidates.number_hash
from candidates
group by candidates.number_hash
having count(*) > 1 or bool_or(candidates.is_withdrawn);
