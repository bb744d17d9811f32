-- When people died, as any row of theirs says: a date of death, or a disposition `died` of a procedure or a stay, which
-- is of the day of leaving. Of rows that share a number the newest speaks. Two days: the later one, which rejects less.

create or replace temp table person_deaths as
with numbers as (
    select distinct
        typed_procedures.source,
        typed_procedures.procedure_id
    from typed_procedures
    where typed_procedures.died_date is not null or typed_procedures.disposition = 'died'
),

passed_rows as (
    select
        typed_procedures.source,
        typed_procedures.procedure_id,
        typed_procedures.patient_id,
        typed_procedures.updated_utc,
        typed_procedures.source_file_id,
        typed_procedures.source_row,
        typed_procedures.is_withdrawn,
        coalesce(
            typed_procedures.died_date,
            case when typed_procedures.disposition = 'died' then typed_procedures.discharged_date end
        ) as died_on
    from typed_procedures
    semi join numbers
        on typed_procedures.source = numbers.source and typed_procedures.procedure_id = numbers.procedure_id
    anti join rejects
        on
            rejects.kind = 'procedures'
            and typed_procedures.source_file_id = rejects.source_file_id
            and typed_procedures.source_row = rejects.source_row
            and typed_procedures.place = rejects.place
),

versions as (
    select
        passed_rows.*,
        row_number() over (
            partition by passed_rows.source, passed_rows.procedure_id
            order by
                passed_rows.updated_utc desc nulls last, passed_rows.source_file_id desc, passed_rows.source_row desc
        ) as place_of_version
    from passed_rows
),

deaths as (
    select
        versions.source,
        versions.patient_id,
        versions.died_on
    from versions
    where versions.place_of_version = 1 and not versions.is_withdrawn and versions.died_on is not null
    union all
    select
        people_facts.source,
        people_facts.patient_id,
        people_facts.died_date as died_on
    from people_facts
    where people_facts.died_date is not null
    union all
    select
        live_stays.source,
        coalesce(merged_people.survivor, live_stays.patient_id) as patient_id,
        live_stays.discharged_date as died_on
    from live_stays
    left join merged_people
        on live_stays.source = merged_people.source and live_stays.patient_id = merged_people.patient_id
    where live_stays.disposition = 'died' and live_stays.discharged_date is not null
),

spread as (
    select *
    from deaths
    union all
    select
        mates.source,
        mates.patient_id,
        deaths.died_on
    from deaths
    inner join linked_people on deaths.source = linked_people.source and deaths.patient_id = linked_people.patient_id
    inner join linked_people as mates on linked_people.link_group = mates.link_group
)

select
    spread.source,
    spread.patient_id,
    max(spread.died_on) as died_on
from spread
where spread.patient_id is not null
group by spread.source, spread.patient_id;
