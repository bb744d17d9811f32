/*
topic = "selection"
title = "Pain 5 or more before"
question = "Of recorded baselines, what share is 5 or more?"
kind = "proportion"
unit = "%"
better = "neutral"
eligible = "every procedure"
source = "Medicare LCD L34228: 5 or more when not hospitalised"
caveat = "Of those with a baseline."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.baseline >= 5 as value
from outcomes
