-- Numbers of patients and procedures seen for the first time get a random key, once.

create or replace temp table new_identities as
with seen as (
    select
        'patient' as kind,
        live_procedures.source,
        live_procedures.patient_id as number
    from live_procedures
    union
    select
        'patient' as kind,
        live_pain_scores.source,
        live_pain_scores.patient_id as number
    from live_pain_scores
    union
    select
        'procedure' as kind,
        live_procedures.source,
        live_procedures.procedure_id as number
    from live_procedures
    union
    select
        'procedure' as kind,
        live_complications.source,
        live_complications.procedure_id as number
    from live_complications
    union
    select
        'procedure' as kind,
        live_contacts.source,
        live_contacts.procedure_id as number
    from live_contacts
)

select
    seen.kind,
    seen.source,
    seen.number,
    uuid() as key
from seen
left join identities
    on seen.kind = identities.kind and seen.source = identities.source and seen.number = identities.number
where identities.key is null;
