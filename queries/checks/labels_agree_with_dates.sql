/*
title = "The sender's timepoint label agrees with the dates"
category = "conformance"
severity = "warn"
tolerated_share = 0.05
examined = "scores with a label"
not_applicable = "no score has a label"
remedy = "The dates hold; correct the label, or the date where it is wrong."
*/
select
    (
        select count(*)
        from row_warnings
        where row_warnings.rule = 'label_disagrees'
    ) as violations,
    count(*) as examined
from pain_scores
where pain_scores.label is not null
