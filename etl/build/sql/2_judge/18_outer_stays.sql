-- What the stay that a procedure names says of arrival and leaving. A stay within another, such as an hour in a procedure
-- room, is not the stay in hospital: by the parent that it names, else, for `is_by_time`, by lying within a longer stay of
-- the same person. A stay that ends before it begins says nothing of times. One row for each stay that a procedure names.

create or replace temp table outer_stays as
with recursive usable as (
    select
        live_stays.source,
        live_stays.stay_id,
        live_stays.patient_id,
        live_stays.part_of,
        live_stays.setting,
        live_stays.setting_unread,
        live_stays.disposition,
        live_stays.disposition_unread,
        live_stays.source_file_id,
        live_stays.source_row,
        live_stays.source_line,
        live_stays.is_cell,
        case when not live_stays.ends_before_it_begins then live_stays.arrived_local end as arrived_local,
        case when not live_stays.ends_before_it_begins then live_stays.arrived_date end as arrived_date,
        case when not live_stays.ends_before_it_begins then live_stays.discharged_local end as discharged_local,
        case when not live_stays.ends_before_it_begins then live_stays.discharged_date end as discharged_date
    from live_stays
),

named as (
    select distinct
        files.source,
        read_procedures.stay_id
    from read_procedures
    inner join files on read_procedures.source_file_id = files.source_file_id
    where read_procedures.stay_id is not null
),

-- From a stay to the one that it is a part of, and so on.
steps as (
    select
        named.source,
        named.stay_id,
        usable.stay_id as outer_id,
        usable.part_of,
        0 as step
    from named
    inner join usable on named.source = usable.source and named.stay_id = usable.stay_id
    union all
    select
        steps.source,
        steps.stay_id,
        usable.stay_id as outer_id,
        usable.part_of,
        steps.step + 1 as step
    from steps
    inner join usable on steps.source = usable.source and steps.part_of = usable.stay_id
    where steps.step < 10
),

by_parent as (
    select
        steps.source,
        steps.stay_id,
        arg_max(steps.outer_id, steps.step) as outer_id
    from steps
    group by steps.source, steps.stay_id
),

longer as (
    select
        by_parent.source,
        by_parent.stay_id,
        arg_max(
            containing.stay_id,
            (
                containing.discharged_date - containing.arrived_date,
                coalesce(containing.discharged_local, containing.discharged_date),
                containing.stay_id
            )
        ) as outer_id
    from by_parent
    inner join usable as inside on by_parent.source = inside.source and by_parent.outer_id = inside.stay_id
    inner join usable as containing
        on
            inside.source = containing.source
            and inside.patient_id = containing.patient_id
            and inside.stay_id <> containing.stay_id
            and inside.arrived_date >= containing.arrived_date
            and inside.discharged_date <= containing.discharged_date
            and (inside.arrived_local >= containing.arrived_local) is not false
            and (inside.discharged_local <= containing.discharged_local) is not false
            and (
                inside.discharged_date - inside.arrived_date < containing.discharged_date - containing.arrived_date
                or inside.discharged_local - inside.arrived_local < containing.discharged_local - containing.arrived_local
            )
    group by by_parent.source, by_parent.stay_id
)

select
    by_parent.source,
    by_parent.stay_id,
    longer.outer_id is not null as is_by_time,
    usable.setting,
    usable.setting_unread,
    usable.disposition,
    usable.disposition_unread,
    usable.arrived_local,
    usable.arrived_date,
    usable.discharged_local,
    usable.discharged_date,
    usable.source_file_id,
    usable.source_row,
    usable.source_line,
    usable.is_cell
from by_parent
left join longer on by_parent.source = longer.source and by_parent.stay_id = longer.stay_id
inner join usable
    on by_parent.source = usable.source and usable.stay_id = coalesce(longer.outer_id, by_parent.outer_id);
