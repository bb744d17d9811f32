-- Stays in hospital that a procedure names: when the patient came and left, and from where to where.

insert into read_stays by name
with readings as (
    select
        text_stays.*,
        files.zone,
        as_local_time(text_stays.arrived_at) as arrived_local,
        coalesce(as_date(text_stays.arrived_at), cast(as_local_time(text_stays.arrived_at) as date)) as arrived_date,
        as_local_time(text_stays.discharged_at) as discharged_local,
        coalesce(as_date(text_stays.discharged_at), cast(as_local_time(text_stays.discharged_at) as date)) as discharged_date,
        as_local_time(text_stays.updated_at) as updated_local
    from text_stays
    inner join files on text_stays.source_file_id = files.source_file_id
)

select
    readings.source_file_id,
    readings.source_row,
    readings.source_line,
    readings.place,
    readings.is_cell,
    readings.has_other_width,
    hash(
        readings.stay_id, readings.patient_id, readings.part_of, readings.arrived_at, readings.discharged_at, readings.setting,
        readings.disposition, readings.record_status, readings.updated_at, readings.cells_hash
    ) as content,
    readings.record_status,
    is_taken_back(readings.record_status) as is_withdrawn,
    is_not_loaded(readings.record_status) as is_void,
    cast(readings.updated_local as date) as updated_date,
    as_utc(readings.updated_local, readings.zone) as updated_utc,
    is_unread(readings.updated_at, readings.updated_local) as updated_at_unread,
    readings.stay_id,
    readings.patient_id,
    readings.part_of,
    case when not never_was(readings.arrived_local, readings.zone) then readings.arrived_local end as arrived_local,
    readings.arrived_date,
    is_unread(readings.arrived_at, readings.arrived_date) as arrived_at_unread,
    never_was(readings.arrived_local, readings.zone) as arrived_at_in_gap,
    case when not never_was(readings.discharged_local, readings.zone) then readings.discharged_local end
        as discharged_local,
    readings.discharged_date,
    is_unread(readings.discharged_at, readings.discharged_date) as discharged_at_unread,
    never_was(readings.discharged_local, readings.zone) as discharged_at_in_gap,
    (readings.discharged_local < readings.arrived_local or readings.discharged_date < readings.arrived_date) is true
        as ends_before_it_begins,
    as_choice(readings.setting, try_cast(lower(readings.setting) as setting)) as setting,
    is_unread(readings.setting, try_cast(lower(readings.setting) as setting)) as setting_unread,
    as_choice(readings.disposition, try_cast(lower(readings.disposition) as disposition)) as disposition,
    is_unread(readings.disposition, try_cast(lower(readings.disposition) as disposition)) as disposition_unread
from readings;
