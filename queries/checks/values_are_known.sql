/*
title = "Technique, indication and setting are values of the lists"
category = "conformance"
severity = "warn"
tolerated_share = 0.02
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "Use the values of the column guide, or map the sender's own codes in its source file."
*/
select
    count(*) filter (
        where outcomes.technique = 'unknown' or outcomes.indication = 'unknown' or outcomes.setting = 'unknown'
    ) as violations,
    count(*) as examined
from outcomes
