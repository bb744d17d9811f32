-- Sex and death belong to the person: of all rows in force the newest that says something holds.

create or replace temp table patient_facts as
with spoken as (
    select
        live_procedures.source,
        live_procedures.patient_id,
        live_procedures.sex as sex_value,
        live_procedures.died_date,
        live_procedures.updated_utc,
        case when live_procedures.updated_utc is null then live_procedures.source_file_id end as receipt
    from live_procedures
),

sexes as (
    select
        spoken.source,
        spoken.patient_id,
        spoken.sex_value,
        row_number() over (
            partition by spoken.source, spoken.patient_id
            order by spoken.updated_utc desc nulls last, spoken.receipt desc, spoken.sex_value asc
        ) as place
    from spoken
    where spoken.sex_value is not null
),

deaths as (
    select
        spoken.source,
        spoken.patient_id,
        spoken.died_date,
        row_number() over (
            partition by spoken.source, spoken.patient_id
            order by spoken.updated_utc desc nulls last, spoken.receipt desc, spoken.died_date asc
        ) as place
    from spoken
    where spoken.died_date is not null
),

people as (
    select distinct
        live_procedures.source,
        live_procedures.patient_id
    from live_procedures
)

select
    people.source,
    people.patient_id,
    sexes.sex_value as sex,
    deaths.died_date as died_on
from people
left join sexes
    on people.source = sexes.source and people.patient_id = sexes.patient_id and sexes.place = 1
left join deaths
    on people.source = deaths.source and people.patient_id = deaths.patient_id and deaths.place = 1;
