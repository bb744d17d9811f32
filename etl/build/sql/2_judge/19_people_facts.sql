-- Who is who, from the people in force: numbers that were merged into others, and for each person the newest that
-- was said of sex, birth and death.

create or replace temp table merged_people as
-- The survivor may be the one that names the other.
with recursive survivors as (
    select
        live_people.source,
        live_people.patient_id,
        unnest(string_split(live_people.replaces, ';')) as replaced
    from live_people
    where live_people.replaces is not null
),

unions as (
    select
        live_people.source,
        live_people.patient_id,
        live_people.merged_into as survivor
    from live_people
    where live_people.merged_into is not null and live_people.merged_into <> live_people.patient_id
    union
    select
        survivors.source,
        trim(survivors.replaced) as patient_id,
        survivors.patient_id as survivor
    from survivors
    where trim(survivors.replaced) not in ('', survivors.patient_id)
),

steps as (
    select
        unions.source,
        unions.patient_id,
        unions.survivor,
        1 as step
    from unions
    union all
    select
        steps.source,
        steps.patient_id,
        unions.survivor,
        steps.step + 1 as step
    from steps
    inner join unions on steps.source = unions.source and steps.survivor = unions.patient_id
    where steps.step < 10
)

select
    steps.source,
    steps.patient_id,
    arg_max(steps.survivor, steps.step) as survivor
from steps
group by steps.source, steps.patient_id;

create or replace temp table people_facts as
with spoken as (
    select
        live_people.source,
        coalesce(merged_people.survivor, live_people.patient_id) as patient_id,
        live_people.sex,
        live_people.born_date,
        live_people.died_date,
        live_people.updated_utc,
        live_people.source_file_id,
        live_people.source_row
    from live_people
    left join merged_people
        on live_people.source = merged_people.source and live_people.patient_id = merged_people.patient_id
)

select
    spoken.source,
    spoken.patient_id,
    arg_max(spoken.sex, (coalesce(spoken.updated_utc, timestamp '1900-01-01'), spoken.source_file_id, spoken.source_row))
        as sex,
    arg_max(
        spoken.born_date,
        (coalesce(spoken.updated_utc, timestamp '1900-01-01'), spoken.source_file_id, spoken.source_row)
    ) as born_date,
    arg_max(
        spoken.died_date,
        (coalesce(spoken.updated_utc, timestamp '1900-01-01'), spoken.source_file_id, spoken.source_row)
    ) as died_date
from spoken
group by spoken.source, spoken.patient_id;
