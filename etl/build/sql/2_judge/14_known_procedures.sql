-- Procedure rows with what the person and the stay in force add, where a sender keeps those apart.

create or replace temp table known_procedures as
with filled as (
    select
        read_procedures.*,
        files.zone,
        coalesce(merged_people.survivor, read_procedures.patient_id) as survivor,
        people_facts.sex as sex_of_person,
        people_facts.born_date as born_date_of_person,
        people_facts.died_date as died_date_of_person,
        case
            when read_procedures.arrived_utc is null and not read_procedures.arrived_at_unread
                then outer_stays.arrived_local
        end as arrived_of_stay,
        -- Nobody leaves before the procedure begins: such an end is a fault of the stay, and costs the stay's time alone.
        read_procedures.discharged_date is null and not read_procedures.discharged_at_unread
        and outer_stays.discharged_date is not null
        and (outer_stays.discharged_date < read_procedures.performed_date) is not true
        and (as_utc(outer_stays.discharged_local, files.zone) < read_procedures.started_utc) is not true
            as leaves_by_stay,
        outer_stays.discharged_local as left_at,
        outer_stays.discharged_date as left_on,
        case when read_procedures.setting is null then outer_stays.setting end as setting_of_stay,
        case
            when
                read_procedures.disposition is null
                and (outer_stays.discharged_date < read_procedures.performed_date) is not true
                and (as_utc(outer_stays.discharged_local, files.zone) < read_procedures.started_utc) is not true
                then outer_stays.disposition
        end as disposition_of_stay,
        read_procedures.setting is null and outer_stays.setting_unread is true as is_setting_of_stay_unread,
        read_procedures.disposition is null and outer_stays.disposition_unread is true as is_disposition_of_stay_unread
    from read_procedures
    inner join files on read_procedures.source_file_id = files.source_file_id
    left join merged_people
        on files.source = merged_people.source and read_procedures.patient_id = merged_people.patient_id
    left join people_facts
        on
            files.source = people_facts.source
            and coalesce(merged_people.survivor, read_procedures.patient_id) = people_facts.patient_id
    left join outer_stays
        on files.source = outer_stays.source and read_procedures.stay_id = outer_stays.stay_id
),

complete as (
    select
        filled.* exclude (
            zone, survivor, sex_of_person, born_date_of_person, died_date_of_person, arrived_of_stay, leaves_by_stay,
            left_at, left_on, setting_of_stay, disposition_of_stay, is_setting_of_stay_unread,
            is_disposition_of_stay_unread
        )
        replace (
            filled.survivor as patient_id,
            coalesce(
                filled.sex, as_choice(filled.sex_of_person, try_cast(upper(filled.sex_of_person) as sex))
            ) as sex,
            filled.sex_unread
            or (
                filled.sex is null and is_unread(filled.sex_of_person, try_cast(upper(filled.sex_of_person) as sex))
            ) as sex_unread,
            coalesce(filled.born_date, filled.born_date_of_person) as born_date,
            coalesce(
                filled.age_value,
                date_sub(
                    'year', coalesce(filled.born_date, filled.born_date_of_person), filled.performed_date
                )
            ) as age_value,
            case when filled.died_on_unread then null else coalesce(filled.died_date, filled.died_date_of_person) end
                as died_date,
            coalesce(filled.arrived_utc, as_utc(filled.arrived_of_stay, filled.zone)) as arrived_utc,
            coalesce(filled.arrived_date, cast(filled.arrived_of_stay as date)) as arrived_date,
            case
                when filled.leaves_by_stay then as_utc(filled.left_at, filled.zone)
                else filled.discharged_utc
            end as discharged_utc,
            case when filled.leaves_by_stay then filled.left_on else filled.discharged_date end as discharged_date,
            case
                when filled.leaves_by_stay then clock_changed(filled.left_at, filled.zone)
                else filled.discharged_at_ambiguous
            end as discharged_at_ambiguous,
            coalesce(filled.setting, filled.setting_of_stay) as setting,
            filled.setting_unread or filled.is_setting_of_stay_unread as setting_unread,
            coalesce(filled.disposition, filled.disposition_of_stay) as disposition,
            filled.disposition_unread or filled.is_disposition_of_stay_unread as disposition_unread
        )
    from filled
)

select
    complete.* replace (
        hash(
            complete.others, complete.patient_id, complete.sex, complete.died_date, complete.died_on_unread,
            complete.arrived_utc, complete.arrived_at_unread, complete.discharged_utc, complete.discharged_date,
            complete.discharged_at_unread, complete.setting, complete.disposition, complete.born_date
        ) as content
    )
from complete;
