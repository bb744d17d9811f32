-- Clocks where links join what two sources say.

-- A person whom two sources know is heard of until the later of them ends.
update keyed_procedures
set clock = reaching.source
from (
    select
        patient_identities.key as patient_key,
        arg_max(source_as_of.source, (source_as_of.as_of, source_as_of.source)) as source
    from patient_identities
    inner join source_as_of on patient_identities.source = source_as_of.source
    where patient_identities.is_linked
    group by patient_identities.key
) as reaching
where keyed_procedures.patient_key = reaching.patient_key;

-- Sources that count for how far all records reach: not one whose people or procedures a further reaching one goes on with.
create or replace temp view leading_sources as
with ties as (
    select
        live_links.first_source as source,
        live_links.second_source as other_source
    from live_links
    union
    select
        live_links.second_source as source,
        live_links.first_source as other_source
    from live_links
),

followed as (
    select own.source
    from ties
    inner join source_as_of as own on ties.source = own.source
    inner join source_as_of as other on ties.other_source = other.source
    where other.as_of > own.as_of
)

select
    source_as_of.source,
    source_as_of.as_of
from source_as_of
anti join followed
    on source_as_of.source = followed.source;
