-- patients, procedures and treated_levels from the rows in force.

create or replace temp table procedure_order as
with keyed as (
    select
        counted_procedures.source_file_id,
        counted_procedures.source_row,
        counted_procedures.place,
        counted_procedures.performed_date,
        counted_procedures.procedure_id,
        counted_procedures.site,
        procedure_keys.key as procedure_key,
        patient_keys.key as patient_key,
        coalesce(
            counted_procedures.started_utc,
            as_utc(counted_procedures.performed_date + interval 12 hour, counted_procedures.zone)
        ) as anchor_utc
    from counted_procedures
    inner join procedure_identities as procedure_keys
        on
            counted_procedures.source = procedure_keys.source
            and counted_procedures.procedure_id = procedure_keys.number
    inner join patient_identities as patient_keys
        on
            counted_procedures.source = patient_keys.source
            and counted_procedures.patient_id = patient_keys.number
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
    counted_procedures.source_file_id,
    counted_procedures.source_row,
    counted_procedures.source_line,
    counted_procedures.is_cell,
    counted_procedures.source,
    -- Whose records close the windows: the source's own, and for people of several the one that reaches furthest.
    counted_procedures.source as clock,
    counted_procedures.received_on,
    counted_procedures.procedure_id,
    counted_procedures.site,
    counted_procedures.operator,
    counted_procedures.performed_date,
    counted_procedures.started_utc,
    counted_procedures.started_hour,
    counted_procedures.ended_utc,
    counted_procedures.arrived_utc,
    counted_procedures.recovery_ready_utc,
    counted_procedures.discharged_utc,
    counted_procedures.discharged_date,
    counted_procedures.pre_call_utc,
    counted_procedures.pre_call_date,
    /*each procedures: counted_procedures.{typed},*/
    counted_procedures.sex,
    counted_procedures.age_value,
    counted_procedures.vertebrae,
    counted_procedures.died_date,
    procedure_order.procedure_key,
    procedure_order.patient_key,
    procedure_order.anchor_utc,
    procedure_order.sequence_no,
    procedure_order.next_performed_date,
    procedure_order.procedure_no
from counted_procedures
inner join procedure_order
    on
        counted_procedures.source_file_id = procedure_order.source_file_id
        and counted_procedures.source_row = procedure_order.source_row
        and counted_procedures.place = procedure_order.place
order by procedure_order.procedure_no;

insert into patients
with facts as (
    select
        patient_identities.key as patient_key,
        patient_identities.is_linked,
        patient_facts.sex,
        patient_facts.died_on,
        (coalesce(source_order.place, 1000), patient_facts.source, patient_facts.patient_id) as turn
    from patient_facts
    inner join patient_identities
        on patient_facts.source = patient_identities.source and patient_facts.patient_id = patient_identities.number
    left join source_order on patient_facts.source = source_order.source
),

people as (
    select
        facts.patient_key,
        facts.sex,
        facts.died_on
    from facts
    where not facts.is_linked
    union all
    select
        facts.patient_key,
        arg_min(facts.sex, facts.turn) as sex,
        arg_min(facts.died_on, facts.turn) as died_on
    from facts
    where facts.is_linked
    group by facts.patient_key
)

select
    people.patient_key,
    people.sex,
    people.died_on
from people
order by people.patient_key;

insert into procedures by name
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
    /*each procedures: keyed_procedures.{typed} as {name},*/
    floor(keyed_procedures.age_value) as age_years,
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
