-- What senders say of people apart from their procedures. A date of birth may be a year or a month only. The survivor of a
-- merge may name several numbers at once, with semicolons between them: each is a row.

insert into read_people by name
with named as (
    select
        text_people.* replace (
            unnest(
                case
                    when text_people.merged_into is null then [text_people.patient_id]
                    else string_split(text_people.patient_id, '; ')
                end
            ) as patient_id
        ),
        contains(text_people.patient_id, '; ') and text_people.merged_into is not null as is_one_of_several
    from text_people
),

readings as (
    select
        named.* replace (
            case
                when named.is_one_of_several then concat_ws('|', named.row_id, named.patient_id)
                else coalesce(named.row_id, named.patient_id)
            end as row_id
        ),
        files.zone,
        as_date(named.born_on) as born_date,
        coalesce(as_date(named.died_on), cast(as_local_time(named.died_on) as date)) as died_date,
        as_local_time(named.updated_at) as updated_local
    from named
    inner join files on named.source_file_id = files.source_file_id
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.row_id, readings.patient_id, readings.sex, readings.born_on, readings.died_on, readings.is_dead,
        readings.merged_into, readings.replaces, readings.record_status, readings.updated_at, readings.cells_hash
    ) as content,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    readings.row_id,
    readings.patient_id,
    readings.sex,
    is_unread(readings.sex, try_cast(upper(readings.sex) as sex)) as sex_unread,
    readings.born_date,
    is_unread(readings.born_on, readings.born_date)
    and not regexp_full_match(readings.born_on, '[0-9]{4}(-[0-9]{2})?') as born_on_unread,
    readings.died_date,
    is_unread(readings.died_on, readings.died_date) as died_on_unread,
    coalesce(as_yes_no(readings.is_dead), false) as is_dead,
    is_unread(readings.is_dead, as_yes_no(readings.is_dead)) as is_dead_unread,
    readings.merged_into,
    readings.replaces
from readings;
