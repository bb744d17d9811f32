/*
title = "Every accepted score has at least one assignment with a reason"
category = "conformance"
severity = "refuse"
tolerated_share = 0.0
examined = "accepted scores"
not_applicable = "there are no scores"
remedy = "This is a mistake in the program: keep the generation before, and report it."
*/
select
    (
        select count(*)
        from pain_scores as accepted
        where not exists (
            select score_assignments.score_id
            from score_assignments
            where score_assignments.score_id = accepted.score_id
        )
    ) as violations,
    count(*) as examined
from pain_scores
