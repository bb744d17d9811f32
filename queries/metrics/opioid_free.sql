/*
topic = "pain"
title = "Free of opioids at $timepoint"
question = "Of those who took opioids before, in what share are none taken at $timepoint?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "opioids were taken by the latest answer before; the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "ICHOM low back pain set 2015 (doi 10.3109/17453674.2015.1036696) asks for analgesic use; the threshold, none at all, is this product's"
caveat = "As the patient says, with a score or without. Opioids also end because a fracture heals or a drug is stopped: this is change after the procedure."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    not pain_outcomes.opioids as value
from population_on_opioids as pain_outcomes
where pain_outcomes.excluded_as is null
