-- patients, procedures and treated_levels from the rows in force.

create or replace temp table procedure_order as
with keyed as (
    select
        live_procedures.source_file_id,
        live_procedures.source_row,
        live_procedures.place,
        live_procedures.performed_date,
        live_procedures.procedure_id,
        live_procedures.site,
        procedure_keys.key as procedure_key,
        patient_keys.key as patient_key,
        coalesce(
            live_procedures.started_utc,
            as_utc(live_procedures.performed_date + interval 12 hour, live_procedures.zone)
        ) as anchor_utc
    from live_procedures
    inner join identities as procedure_keys
        on
            live_procedures.source = procedure_keys.source
            and live_procedures.procedure_id = procedure_keys.number
            and procedure_keys.kind = 'procedure'
    inner join identities as patient_keys
        on
            live_procedures.source = patient_keys.source
            and live_procedures.patient_id = patient_keys.number
            and patient_keys.kind = 'patient'
)

select
    keyed.source_file_id,
    keyed.source_row,
    keyed.place,
    keyed.procedure_key,
    keyed.patient_key,
    keyed.anchor_utc,
    row_number() over patient_order as sequence_no,
    lead(keyed.performed_date) over patient_order as next_performed_date,
    -- The place in the order that tables of procedures are written in; it also names the procedure in joins.
    cast(row_number() over (order by keyed.performed_date, keyed.site, keyed.procedure_key) as integer) as procedure_no
from keyed
window patient_order as (
    partition by keyed.patient_key
    order by keyed.performed_date, keyed.anchor_utc, keyed.procedure_id, keyed.procedure_key
);

-- What follows works on values: what only rules ask of stays behind. Sorted once, so that sorting again costs little.
create or replace temp table keyed_procedures as
select
    live_procedures.source_file_id,
    live_procedures.source_row,
    live_procedures.source_line,
    live_procedures.is_cell,
    live_procedures.source,
    live_procedures.received_on,
    live_procedures.procedure_id,
    live_procedures.site,
    live_procedures.operator,
    live_procedures.performed_date,
    live_procedures.started_utc,
    live_procedures.started_hour,
    live_procedures.ended_utc,
    live_procedures.arrived_utc,
    live_procedures.recovery_ready_utc,
    live_procedures.discharged_utc,
    live_procedures.discharged_date,
    live_procedures.pre_call_utc,
    live_procedures.pre_call_date,
    live_procedures.technique,
    live_procedures.indication,
    live_procedures.setting,
    live_procedures.intended_stay,
    live_procedures.sedation,
    live_procedures.asa_class,
    live_procedures.age_value,
    live_procedures.disposition,
    live_procedures.delay_reason,
    live_procedures.cement_value,
    live_procedures.vertebrae,
    live_procedures.resumed_activity_date,
    live_procedures.readmitted_date,
    live_procedures.died_date,
    procedure_order.procedure_key,
    procedure_order.patient_key,
    procedure_order.anchor_utc,
    procedure_order.sequence_no,
    procedure_order.next_performed_date,
    procedure_order.procedure_no
from live_procedures
inner join procedure_order
    on
        live_procedures.source_file_id = procedure_order.source_file_id
        and live_procedures.source_row = procedure_order.source_row
        and live_procedures.place = procedure_order.place
order by procedure_order.procedure_no;

insert into patients
select
    identities.key as patient_key,
    patient_facts.sex,
    patient_facts.died_on
from patient_facts
inner join identities
    on
        patient_facts.source = identities.source
        and patient_facts.patient_id = identities.number
        and identities.kind = 'patient'
order by identities.key;

insert into procedures
select
    keyed_procedures.procedure_key as procedure_id,
    keyed_procedures.patient_key,
    keyed_procedures.site,
    keyed_procedures.operator,
    keyed_procedures.performed_date as performed_on,
    keyed_procedures.started_utc as started_at,
    keyed_procedures.ended_utc as ended_at,
    keyed_procedures.arrived_utc as arrived_at,
    keyed_procedures.recovery_ready_utc as recovery_ready_at,
    keyed_procedures.discharged_utc as discharged_at,
    keyed_procedures.discharged_date as discharged_on,
    keyed_procedures.pre_call_utc as pre_call_at,
    keyed_procedures.pre_call_date as pre_call_on,
    keyed_procedures.technique,
    keyed_procedures.indication,
    keyed_procedures.setting,
    keyed_procedures.intended_stay,
    keyed_procedures.sedation,
    keyed_procedures.asa_class,
    floor(keyed_procedures.age_value) as age_years,
    keyed_procedures.disposition,
    keyed_procedures.delay_reason,
    keyed_procedures.cement_value as cement_ml,
    keyed_procedures.resumed_activity_date as resumed_activity_on,
    keyed_procedures.readmitted_date as readmitted_on,
    keyed_procedures.sequence_no,
    keyed_procedures.source_file_id,
    keyed_procedures.source_row
from keyed_procedures
order by keyed_procedures.procedure_no;

insert into treated_levels
select
    level_rows.procedure_id,
    level_rows.vertebra,
    null as cement_ml,
    null as leak,
    null as leak_symptomatic,
    null as approach
from (
    select
        keyed_procedures.procedure_key as procedure_id,
        cast(unnest(keyed_procedures.vertebrae) as vertebra) as vertebra
    from keyed_procedures
) as level_rows
order by level_rows.procedure_id, level_rows.vertebra;
