-- Keys as records use them where nothing is linked: every number has its own.

create or replace temp view patient_identities as
select
    identities.source,
    identities.number,
    identities.key,
    false as is_linked
from identities
where identities.kind = 'patient'
union all
select
    entered_identities.source,
    entered_identities.number,
    entered_identities.key,
    entered_identities.is_linked
from entered_identities;

create or replace temp view procedure_identities as
select
    identities.source,
    identities.number,
    identities.key
from identities
where identities.kind = 'procedure';
