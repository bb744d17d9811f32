/*
title = "Scores belong to a loaded procedure"
category = "conformance"
severity = "warn"
tolerated_share = 0.05
examined = "accepted scores"
not_applicable = "there are no scores"
remedy = "Send the procedures too, or correct the patient's number; a score waits for its procedure and is used when it comes."
*/
select
    count(*) filter (where score_assignments.reason = 'no_procedure') as violations,
    count(*) as examined
from score_assignments
