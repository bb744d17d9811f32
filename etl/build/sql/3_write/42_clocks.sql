-- How far each source's records of a kind reach: the latest date of an accepted record, or what the source declares.

insert into source_clocks
with dates as (
    select
        live_procedures.source,
        'procedures' as kind,
        greatest(
            live_procedures.performed_date, live_procedures.discharged_date,
            live_procedures.ended_date, live_procedures.arrived_date, live_procedures.recovery_ready_date,
            live_procedures.pre_call_date,
            live_procedures.resumed_activity_date, live_procedures.readmitted_date
        ) as reached
    from live_procedures
    union all
    select
        patient_facts.source,
        'deaths' as kind,
        patient_facts.died_on as reached
    from patient_facts
    union all
    select
        live_pain_scores.source,
        'scores' as kind,
        live_pain_scores.measured_date as reached
    from live_pain_scores
    -- A score entered by staff says nothing of how far the senders' records reach.
    where live_pain_scores.source <> 'entered'
    union all
    select
        live_complications.source,
        'complications' as kind,
        live_complications.occurred_date as reached
    from live_complications
    union all
    select
        live_contacts.source,
        'contacts' as kind,
        live_contacts.happened_date as reached
    from live_contacts
)

select
    dates.source,
    dates.kind,
    greatest(max(dates.reached), max(sources.complete_to)) as as_of
from dates
inner join sources on dates.source = sources.source
where dates.reached is not null
group by dates.source, dates.kind
order by dates.source, dates.kind;

insert into senders
select
    sources.source,
    sources.deaths,
    sources.readmissions,
    sources.complications,
    coalesce(sources.new_fractures, sources.complications) as new_fractures
from sources
order by sources.source;

create or replace temp table source_as_of as
select
    source_clocks.source,
    max(source_clocks.as_of) as as_of
from source_clocks
group by source_clocks.source;

-- Sources that count for how far all records reach.
create or replace temp view leading_sources as
select *
from source_as_of;
