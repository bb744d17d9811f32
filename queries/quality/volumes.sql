/*
title = "Records in force by month"
grain = "one row per kind and month that has any"
*/
with dated as (
    select
        'procedures' as kind,
        procedures.performed_on as happened_on
    from procedures
    union all
    select
        'pain_scores' as kind,
        pain_scores.measured_on as happened_on
    from pain_scores
    union all
    select
        'complications' as kind,
        complications.occurred_on as happened_on
    from complications
    union all
    select
        'contacts' as kind,
        contacts.happened_on
    from contacts
)

select
    dated.kind,
    cast(date_trunc('month', dated.happened_on) as date) as month,
    count(*) as records
from dated
where dated.happened_on is not null
group by dated.kind, date_trunc('month', dated.happened_on)
