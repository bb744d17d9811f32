/*
title = "Procedures have a time of start"
category = "completeness"
severity = "warn"
tolerated_share = 0.1
examined = "procedures"
not_applicable = "there are no procedures"
remedy = "Without a start, scores of the day itself cannot be told apart as before or after; send started_at."
*/
select
    count(*) filter (where procedures.started_at is null) as violations,
    count(*) as examined
from procedures
