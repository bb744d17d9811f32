-- Who is who across sources: numbers of people and of procedures that links join, in groups. A link of two procedures
-- also joins their people. Asked before procedures are judged, because rules look at the person.

create or replace temp table linked_procedures as
with recursive pairs as (
    select
        live_links.first_source as source,
        live_links.first_number as number,
        live_links.second_source as other_source,
        live_links.second_number as other_number
    from live_links
    where live_links.link_kind = 'procedure'
    union
    select
        live_links.second_source as source,
        live_links.second_number as number,
        live_links.first_source as other_source,
        live_links.first_number as other_number
    from live_links
    where live_links.link_kind = 'procedure'
),

reached as (
    select
        pairs.source,
        pairs.number,
        pairs.source as other_source,
        pairs.number as other_number
    from pairs
    union
    select
        reached.source,
        reached.number,
        pairs.other_source,
        pairs.other_number
    from reached
    inner join pairs on reached.other_source = pairs.source and reached.other_number = pairs.number
)

select
    reached.source,
    reached.number,
    min(reached.other_source || chr(31) || reached.other_number) as link_group
from reached
group by reached.source, reached.number;

create or replace temp table linked_people as
with recursive named as (
    select
        live_links.first_source,
        coalesce(firsts.survivor, live_links.first_number) as first_number,
        live_links.second_source,
        coalesce(seconds.survivor, live_links.second_number) as second_number
    from live_links
    left join merged_people as firsts
        on live_links.first_source = firsts.source and live_links.first_number = firsts.patient_id
    left join merged_people as seconds
        on live_links.second_source = seconds.source and live_links.second_number = seconds.patient_id
    where live_links.link_kind = 'patient'
    union
    select
        mine.source as first_source,
        mine.patient_id as first_number,
        theirs.source as second_source,
        theirs.patient_id as second_number
    from linked_procedures as own
    inner join linked_procedures as other on own.link_group = other.link_group
    inner join typed_procedures as mine on own.source = mine.source and own.number = mine.procedure_id
    inner join typed_procedures as theirs on other.source = theirs.source and other.number = theirs.procedure_id
    where mine.patient_id is not null and theirs.patient_id is not null
),

pairs as (
    select
        named.first_source as source,
        named.first_number as number,
        named.second_source as other_source,
        named.second_number as other_number
    from named
    union
    select
        named.second_source as source,
        named.second_number as number,
        named.first_source as other_source,
        named.first_number as other_number
    from named
),

reached as (
    select
        pairs.source,
        pairs.number,
        pairs.source as other_source,
        pairs.number as other_number
    from pairs
    union
    select
        reached.source,
        reached.number,
        pairs.other_source,
        pairs.other_number
    from reached
    inner join pairs on reached.other_source = pairs.source and reached.other_number = pairs.number
)

select
    reached.source,
    reached.number as patient_id,
    min(reached.other_source || chr(31) || reached.other_number) as link_group
from reached
group by reached.source, reached.number;
