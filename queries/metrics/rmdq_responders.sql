/*
topic = "pain"
title = "RMDQ lower by 30 % or more at $timepoint"
question = "In what share was disability by RMDQ lower by 30 % or more at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with an RMDQ of 4 or more before"
source = "Ostelo 2008 (Spine 33:90): 30 % of the score before; so Stratford 1998 (Phys Ther 78:1186): 2 to 8 points. Floor: Stratford 1996 (76:359)"
caveat = "Two points are enough at a score of 5, eight are needed at 24. Judges single patients, never a difference of group means. Found in low back pain, not in fractures."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    case
        when pain_outcomes.rmdq_items <> outcomes.baseline_rmdq_items then null
        else 10 * (outcomes.baseline_rmdq - pain_outcomes.rmdq) >= 3 * outcomes.baseline_rmdq
    end as value
from population_rmdq as pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.excluded_as is null and outcomes.baseline_rmdq >= 4
