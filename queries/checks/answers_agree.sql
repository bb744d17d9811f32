/*
title = "Answers of one person at one instant agree"
category = "plausibility"
severity = "warn"
tolerated_share = 0.0
examined = "scores"
not_applicable = "there are no scores"
remedy = "Withdraw the answer that is wrong; the rows are listed under Rows that broke a rule."
*/
select
    (
        select count(*)
        from row_warnings
        where row_warnings.rule = 'answers_disagree'
    ) as violations,
    count(*) as examined
from pain_scores
where pain_scores.score is not null
