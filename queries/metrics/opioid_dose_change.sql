/*
topic = "pain"
title = "Change in opioid dose at $timepoint"
question = "Of those who took opioids before, by how much did the daily dose change to $timepoint?"
kind = "mean"
unit = "mg"
better = "lower"
eligible = "opioids were taken by the latest answer before; the window of the timepoint is closed, the patient alive and not treated again by its last day"
source = "Definition of this product; doses are milligrams of oral morphine a day, converted by the sender"
caveat = "Needs both doses. Tables of conversion differ between senders: compare within one."
version = 1
per = "timepoint"
*/
select
    pain_outcomes.procedure_id,
    pain_outcomes.opioid_mme - outcomes.baseline_opioid_mme as value
from population_on_opioids as pain_outcomes
inner join outcomes on pain_outcomes.procedure_id = outcomes.procedure_id
where pain_outcomes.excluded_as is null
