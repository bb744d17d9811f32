-- Who is who, from the people in force: numbers that were merged into others, and for each person the newest that
-- was said of sex, birth and death.

-- Every merge that is said, by the number that went. The survivor may be the one that names the other.
create or replace temp table said_merges as
with naming as (
    select
        live_people.*,
        unnest(string_split(live_people.replaces, ';')) as replaced
    from live_people
    where live_people.replaces is not null
),

both_sides as (
    select
        live_people.source,
        live_people.patient_id,
        live_people.merged_into as survivor,
        'merged_into' as field,
        live_people.updated_utc,
        live_people.source_file_id,
        live_people.source_row,
        live_people.source_line,
        live_people.is_cell
    from live_people
    where live_people.merged_into is not null
    union all
    select
        naming.source,
        trim(naming.replaced) as patient_id,
        naming.patient_id as survivor,
        'replaces' as field,
        naming.updated_utc,
        naming.source_file_id,
        naming.source_row,
        naming.source_line,
        naming.is_cell
    from naming
)

select *
from both_sides
where both_sides.patient_id not in ('', both_sides.survivor);

-- One number has one survivor: the one that was named last.
create or replace temp table merge_steps as
select
    said_merges.source,
    said_merges.patient_id,
    arg_max(
        said_merges.survivor,
        (
            coalesce(said_merges.updated_utc, timestamp '1900-01-01'), said_merges.source_file_id,
            said_merges.source_row, said_merges.survivor
        )
    ) as survivor
from said_merges
group by said_merges.source, said_merges.patient_id;

-- Where merges lead: to the number that went into no other. In a circle all are one person, under the smallest number.
create or replace temp table merged_people as
with recursive reached as (
    select
        merge_steps.source,
        merge_steps.patient_id,
        merge_steps.survivor
    from merge_steps
    union
    select
        reached.source,
        reached.patient_id,
        merge_steps.survivor
    from reached
    inner join merge_steps on reached.source = merge_steps.source and reached.survivor = merge_steps.patient_id
),

circles as (
    select
        reached.source,
        reached.patient_id
    from reached
    where reached.patient_id = reached.survivor
)

select
    reached.source,
    reached.patient_id,
    min(reached.survivor) as survivor,
    coalesce(bool_or(circles.patient_id is not null), false) as is_in_circle
from reached
left join merge_steps on reached.source = merge_steps.source and reached.survivor = merge_steps.patient_id
left join circles on reached.source = circles.source and reached.survivor = circles.patient_id
where merge_steps.patient_id is null or circles.patient_id is not null
group by reached.source, reached.patient_id;

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
