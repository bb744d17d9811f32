/*
topic = "safety"
title = "Leaks of cement in 100 treated vertebrae"
question = "At how many of 100 treated vertebrae was cement seen outside, with or without symptoms?"
kind = "mean"
unit = "in 100 vertebrae"
better = "neutral"
eligible = "at least 30 days of records after the procedure"
source = "Definition of this product, by level as in KAVIAR (AJNR 2014;35:2227: on CT 164 of 201 vertebrae after vertebroplasty)"
caveat = "Of each procedure the share of its vertebrae, then the mean. A leak without a vertebra counts for one. How many are seen says how hard one looks: compare within one way only."
followed_by = "followed_up"
linked = ["complications"]
version = 1
*/
with leaks as (
    select
        complications.procedure_id,
        greatest(count(distinct complications.vertebra), 1) as vertebrae
    from complications
    inner join outcomes on complications.procedure_id = outcomes.procedure_id
    where
        complications.type = 'cement_leak'
        and date_diff('day', outcomes.performed_on, complications.occurred_on) between 0 and 30
    group by complications.procedure_id
)

select
    outcomes.procedure_id,
    case
        when outcomes.sends_leaks
            then 1e2 * least(coalesce(leaks.vertebrae, 0), outcomes.level_count) / nullif(outcomes.level_count, 0)
    end as value
from population_thirty_days as outcomes
left join leaks on outcomes.procedure_id = leaks.procedure_id
where outcomes.excluded_as is null
