-- Numbers of patients and procedures seen for the first time get a random key, once.

create or replace temp table new_identities as
with seen as (
    select
        'patient' as kind,
        live_procedures.source,
        live_procedures.patient_id as number
    from live_procedures
    union all
    select
        'patient' as kind,
        live_pain_scores.source,
        live_pain_scores.patient_id as number
    from live_pain_scores
    -- What staff entered names people by keys that they have already.
    where live_pain_scores.source <> 'entered'
    union all
    select
        'procedure' as kind,
        live_procedures.source,
        live_procedures.procedure_id as number
    from live_procedures
    union all
    select
        'procedure' as kind,
        live_complications.source,
        live_complications.procedure_id as number
    from live_complications
    union all
    select
        'procedure' as kind,
        live_contacts.source,
        live_contacts.procedure_id as number
    from live_contacts
),

unknown as (
    select distinct
        seen.kind,
        seen.source,
        seen.number
    from seen
    left join identities
        on seen.kind = identities.kind and seen.source = identities.source and seen.number = identities.number
    where identities.key is null
)

select
    unknown.kind,
    unknown.source,
    unknown.number,
    uuid() as key
from unknown;

insert into identities
select * from new_identities;

-- Keys by which staff named people; filled where any score was entered.
create or replace temp table entered_identities (source varchar, number varchar, key uuid, is_linked boolean);
