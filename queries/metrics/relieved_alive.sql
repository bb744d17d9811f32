/*
topic = "pain"
title = "Alive, not treated again and relieved at $timepoint"
question = "Of all who were treated, what share is alive, not treated again and has 30 % less pain at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "the window of the timepoint is closed, with a recorded baseline of 4 or more; also the dead and the treated again"
source = "Definition of this product (METRICS)"
caveat = "The dead and the treated again count as no; the relieved are those of responders_30."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    case
        when pain_outcomes.status in ('died', 'retreated') then false
        else 10 * (pain_outcomes.baseline - pain_outcomes.score) >= 3 * pain_outcomes.baseline
    end as value
from population_all_responders as pain_outcomes
where pain_outcomes.excluded_as is null
