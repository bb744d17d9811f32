-- Sex and death belong to the person: of all rows in force the newest that says something holds.
-- Where all that was said agrees, as nearly always, nothing has to be put in order.
-- Of whom no date of death is sent, the end of a stay that ended by death is one; of two the later.

create or replace temp table patient_facts as
with people as (
    select
        live_procedures.source,
        live_procedures.patient_id,
        min(live_procedures.sex) as sex,
        min(live_procedures.sex) <> max(live_procedures.sex) as is_sex_open,
        min(live_procedures.died_date) as died_date,
        min(live_procedures.died_date) <> max(live_procedures.died_date) as is_death_open
    from live_procedures
    group by live_procedures.source, live_procedures.patient_id
),

spoken as (
    select
        live_procedures.source,
        live_procedures.patient_id,
        live_procedures.sex as sex_value,
        live_procedures.died_date,
        live_procedures.updated_utc,
        case when live_procedures.updated_utc is null then live_procedures.source_file_id end as receipt
    from live_procedures
    inner join people
        on
            live_procedures.source = people.source
            and live_procedures.patient_id = people.patient_id
            and (people.is_sex_open or people.is_death_open)
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

left_dead as (
    select
        live_procedures.source,
        live_procedures.patient_id,
        live_procedures.discharged_date
    from live_procedures
    where live_procedures.disposition = 'died' and live_procedures.discharged_date is not null
    union all
    select
        live_stays.source,
        coalesce(merged_people.survivor, live_stays.patient_id) as patient_id,
        live_stays.discharged_date
    from live_stays
    left join merged_people
        on live_stays.source = merged_people.source and live_stays.patient_id = merged_people.patient_id
    where live_stays.disposition = 'died' and live_stays.discharged_date is not null
),

last_stays as (
    select
        left_dead.source,
        left_dead.patient_id,
        max(left_dead.discharged_date) as discharged_date
    from left_dead
    group by left_dead.source, left_dead.patient_id
)

select
    people.source,
    people.patient_id,
    coalesce(sexes.sex_value, people.sex) as sex,
    coalesce(deaths.died_date, people.died_date, last_stays.discharged_date) as died_on
from people
left join sexes
    on people.source = sexes.source and people.patient_id = sexes.patient_id and sexes.place = 1
left join deaths
    on people.source = deaths.source and people.patient_id = deaths.patient_id and deaths.place = 1
left join last_stays
    on people.source = last_stays.source and people.patient_id = last_stays.patient_id;
