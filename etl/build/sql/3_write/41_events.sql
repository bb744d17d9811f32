-- pain_scores, complications and contacts from the rows in force. Their numbers tell file, row and place in the row.

create or replace temp table keyed_scores as
select
    cast(live_pain_scores.source_file_id as bigint) * 100000000000
    + cast(live_pain_scores.source_row as bigint) * 100
    + live_pain_scores.place as score_key,
    patient_keys.key as patient_key,
    named_procedures.key as named_procedure_key,
    live_pain_scores.measured_utc,
    live_pain_scores.measured_date,
    live_pain_scores.time_known,
    live_pain_scores.score_value,
    live_pain_scores.score_missing_reason,
    coalesce(live_pain_scores.context, cast('unspecified' as pain_context)) as context_value,
    /*each pain_scores: live_pain_scores.{typed},*/
    live_pain_scores.label,
    live_pain_scores.updated_utc,
    live_pain_scores.score_id as sender_number,
    live_pain_scores.source_file_id,
    live_pain_scores.source_row,
    live_pain_scores.source_line,
    live_pain_scores.is_cell
from live_pain_scores
inner join patient_identities as patient_keys
    on
        live_pain_scores.source = patient_keys.source
        and live_pain_scores.patient_id = patient_keys.number
left join procedure_identities as named_procedures
    on
        live_pain_scores.source = named_procedures.source
        and live_pain_scores.procedure_id = named_procedures.number;

insert into pain_scores by name
select
    keyed_scores.score_key as score_id,
    keyed_scores.patient_key,
    keyed_scores.measured_utc as measured_at,
    keyed_scores.measured_date as measured_on,
    keyed_scores.time_known,
    keyed_scores.score_value as score,
    keyed_scores.context_value as context,
    /*each pain_scores: keyed_scores.{typed} as {name},*/
    keyed_scores.label,
    keyed_scores.score_missing_reason as missing_reason
from keyed_scores
order by keyed_scores.measured_date, keyed_scores.score_key;

insert into complications by name
select
    cast(live_complications.source_file_id as bigint) * 100000000000
    + cast(live_complications.source_row as bigint) * 100
    + live_complications.place as complication_id,
    procedure_identities.key as procedure_id,
    live_complications.occurred_date as occurred_on,
    live_complications.type,
    live_complications.severity,
    live_complications.scale,
    /*each complications: live_complications.{typed} as {name},*/
    live_complications.vertebra,
    live_complications.reviewed
from live_complications
inner join procedure_identities
    on
        live_complications.source = procedure_identities.source
        and live_complications.procedure_id = procedure_identities.number
order by live_complications.occurred_date, complication_id;

insert into contacts by name
select
    cast(live_contacts.source_file_id as bigint) * 100000000000
    + cast(live_contacts.source_row as bigint) * 100
    + live_contacts.place as contact_id,
    procedure_identities.key as procedure_id,
    live_contacts.kind,
    live_contacts.happened_utc as happened_at,
    /*each contacts: live_contacts.{typed} as {name},*/
    live_contacts.happened_date as happened_on
from live_contacts
inner join procedure_identities
    on
        live_contacts.source = procedure_identities.source
        and live_contacts.procedure_id = procedure_identities.number
order by live_contacts.happened_date, contact_id;
