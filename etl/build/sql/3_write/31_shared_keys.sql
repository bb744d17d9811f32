-- Keys as records use them: numbers that links join share the key of the source named first. What is kept of a number
-- is its own key, so that a link that is withdrawn leaves no trace.

create or replace temp table group_keys as
with members as (
    select
        'patient' as kind,
        linked_people.source,
        linked_people.patient_id as number,
        linked_people.link_group
    from linked_people
    union all
    select
        'procedure' as kind,
        linked_procedures.source,
        linked_procedures.number,
        linked_procedures.link_group
    from linked_procedures
)

select
    members.kind,
    members.link_group,
    arg_min(identities.key, (coalesce(source_order.place, 1000), members.source, members.number)) as key
from members
inner join identities
    on members.kind = identities.kind and members.source = identities.source and members.number = identities.number
left join source_order on members.source = source_order.source
group by members.kind, members.link_group;

create or replace temp view patient_identities as
select
    identities.source,
    identities.number,
    coalesce(group_keys.key, identities.key) as key,
    group_keys.key is not null as is_linked,
    linked_people.link_group
from identities
left join linked_people on identities.source = linked_people.source and identities.number = linked_people.patient_id
left join group_keys on linked_people.link_group = group_keys.link_group and group_keys.kind = 'patient'
where identities.kind = 'patient'
union all
select
    entered_identities.source,
    entered_identities.number,
    entered_identities.key,
    entered_identities.is_linked,
    null as link_group
from entered_identities;

create or replace temp view procedure_identities as
select
    identities.source,
    identities.number,
    coalesce(group_keys.key, identities.key) as key
from identities
left join linked_procedures
    on identities.source = linked_procedures.source and identities.number = linked_procedures.number
left join group_keys on linked_procedures.link_group = group_keys.link_group and group_keys.kind = 'procedure'
where identities.kind = 'procedure';
