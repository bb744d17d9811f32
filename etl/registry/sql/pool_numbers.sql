-- What the tables of a pool are made with: views of the Parquet files of the shipments in force, and small tables of numbers.
-- Before it: the empty tables of a generation, and of every table the variable <table>_files with the paths. Columns that did
-- not leave a hospital are null.

-- name: rows
create or replace temp macro shipped_rows(files) as table
    select *
    from read_parquet(files, union_by_name = true, hive_partitioning = true, hive_types = { 'site_key': 'varchar' });

-- name: table
create or replace temp view $shipped_named as
select
    *,
    cast(null as varchar) as site_key
from main.$named
where false
union all by name
select * from shipped_rows(getvariable('$named_files'));

-- name: sites
-- last_day: of a late hospital the last day of the month that its records reach.
create or replace temp table pool_sites (
    site_key varchar not null,
    last_day date
);

-- name: offsets
-- Numbers that a hospital counts from 1 begin behind those of the hospitals before it.
create or replace temp table pool_offsets as
with largest as (
    select
        shipped_pain_scores.site_key,
        'scores' as kind,
        max(shipped_pain_scores.score_id) as number
    from shipped_pain_scores
    group by shipped_pain_scores.site_key
    union all
    select
        shipped_complications.site_key,
        'complications' as kind,
        max(shipped_complications.complication_id) as number
    from shipped_complications
    group by shipped_complications.site_key
    union all
    select
        shipped_contacts.site_key,
        'contacts' as kind,
        max(shipped_contacts.contact_id) as number
    from shipped_contacts
    group by shipped_contacts.site_key
    union all
    select
        shipped_source_files.site_key,
        'files' as kind,
        max(shipped_source_files.source_file_id) as number
    from shipped_source_files
    group by shipped_source_files.site_key
)

select
    largest.site_key,
    largest.kind,
    cast(sum(largest.number) over so_far - largest.number as bigint) as number
from largest
window so_far as (
    partition by largest.kind
    order by largest.site_key
    rows between unbounded preceding and current row
);

-- name: left_out
-- Procedures of late hospitals in months later than the one that their records reach.
create or replace temp table left_out as
select
    shipped_outcomes.site_key,
    shipped_outcomes.procedure_id
from shipped_outcomes
inner join pool_sites on shipped_outcomes.site_key = pool_sites.site_key
where shipped_outcomes.performed_on > pool_sites.last_day;

-- name: left_people
-- People of whom no other procedure stays.
create or replace temp table left_people as
with touched as (
    select shipped_outcomes.patient_key
    from shipped_outcomes
    semi join left_out on shipped_outcomes.procedure_id = left_out.procedure_id
),

staying as (
    select shipped_outcomes.patient_key
    from shipped_outcomes
    anti join left_out on shipped_outcomes.procedure_id = left_out.procedure_id
)

select distinct touched.patient_key
from touched
anti join staying on touched.patient_key = staying.patient_key;

-- name: left_scores
-- Scores that were weighed for such procedures alone.
create or replace temp table left_scores as
with touched as (
    select
        shipped_score_assignments.site_key,
        shipped_score_assignments.score_id
    from shipped_score_assignments
    semi join left_out on shipped_score_assignments.procedure_id = left_out.procedure_id
),

staying as (
    select
        shipped_score_assignments.site_key,
        shipped_score_assignments.score_id
    from shipped_score_assignments
    anti join left_out on shipped_score_assignments.procedure_id = left_out.procedure_id
)

select distinct
    touched.site_key,
    touched.score_id
from touched
anti join staying
    on touched.site_key = staying.site_key and touched.score_id = staying.score_id;

-- name: numbers
-- The place of each procedure is its rowid: a table is kept in the order in which it was written.
create or replace temp table pool_numbers as
select shipped_outcomes.procedure_id
from shipped_outcomes
anti join left_out on shipped_outcomes.procedure_id = left_out.procedure_id
order by shipped_outcomes.performed_on, shipped_outcomes.site_key, shipped_outcomes.procedure_id;
