/*
topic = "pain"
title = "Pain down by 2 points or more at $timepoint"
question = "In what share did pain fall by at least 2 points by $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, the patient alive and not treated again by its last day, with a recorded baseline of 4 or more"
source = "Farrar 2001 (doi 10.1016/S0304-3959(01)00349-9); IMMPACT, Dworkin 2008 (doi 10.1016/j.jpain.2007.09.005); Ostelo 2008"
caveat = "A fall of 2 points means less the higher pain began."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.baseline - pain_outcomes.score >= 2 as value
from population_responders as pain_outcomes
where pain_outcomes.excluded_as is null
