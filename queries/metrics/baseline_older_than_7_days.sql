/*
topic = "pain"
title = "Baselines older than 7 days"
question = "What share of baselines was taken more than 7 days before?"
kind = "proportion"
unit = "%"
better = "lower"
eligible = "every procedure"
source = "Definition of this product (METRICS)"
caveat = "An old baseline says less about pain at the procedure."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.baseline_days_before > 7 as value
from outcomes
