/*
title = "Outcomes with their small numbers as keys: joins of numbers cost a fifth of joins of keys. Of DuckDB alone"
grain = "one row per procedure"
*/
select * replace (outcome_no as procedure_id)
from main.outcomes
