-- The tables of a pool, from the views and numbers of pool_numbers.sql.

-- name: patients
insert into patients by name
select shipped_patients.* exclude (site_key)
from shipped_patients
anti join left_people on shipped_patients.patient_key = left_people.patient_key;

-- name: procedures
insert into procedures by name
select
    shipped_procedures.* exclude (site_key) replace (
        shipped_procedures.source_file_id + pool_offsets.number as source_file_id,
        coalesce(shipped_procedures.source_row, 1) as source_row
    )
from shipped_procedures
inner join pool_offsets on shipped_procedures.site_key = pool_offsets.site_key and pool_offsets.kind = 'files'
anti join left_out on shipped_procedures.procedure_id = left_out.procedure_id;

-- name: treated_levels
insert into treated_levels by name
select shipped_treated_levels.* exclude (site_key)
from shipped_treated_levels
anti join left_out on shipped_treated_levels.procedure_id = left_out.procedure_id;

-- name: pain_scores
insert into pain_scores by name
select
    shipped_pain_scores.* exclude (site_key) replace (
        shipped_pain_scores.score_id + pool_offsets.number as score_id
    )
from shipped_pain_scores
inner join pool_offsets on shipped_pain_scores.site_key = pool_offsets.site_key and pool_offsets.kind = 'scores'
anti join left_scores
    on
        shipped_pain_scores.site_key = left_scores.site_key
        and shipped_pain_scores.score_id = left_scores.score_id;

-- name: score_assignments
insert into score_assignments by name
select
    shipped_score_assignments.* exclude (site_key) replace (
        shipped_score_assignments.score_id + pool_offsets.number as score_id
    )
from shipped_score_assignments
inner join pool_offsets on shipped_score_assignments.site_key = pool_offsets.site_key and pool_offsets.kind = 'scores'
anti join left_out on shipped_score_assignments.procedure_id = left_out.procedure_id;

-- name: complications
insert into complications by name
select
    shipped_complications.* exclude (site_key) replace (
        shipped_complications.complication_id + pool_offsets.number as complication_id
    )
from shipped_complications
inner join pool_offsets on shipped_complications.site_key = pool_offsets.site_key and pool_offsets.kind = 'complications'
anti join left_out on shipped_complications.procedure_id = left_out.procedure_id;

-- name: contacts
insert into contacts by name
select
    shipped_contacts.* exclude (site_key) replace (
        shipped_contacts.contact_id + pool_offsets.number as contact_id
    )
from shipped_contacts
inner join pool_offsets on shipped_contacts.site_key = pool_offsets.site_key and pool_offsets.kind = 'contacts'
anti join left_out on shipped_contacts.procedure_id = left_out.procedure_id;

-- name: counts
insert into counts by name
select
    shipped_counts.* exclude (site_key) replace (
        shipped_counts.site_key || '/' || shipped_counts.source as source
    )
from shipped_counts
where shipped_counts.month is not null;

-- name: outcomes
insert into outcomes by name
select
    shipped_outcomes.* exclude (site_key) replace (
        pool_numbers.rowid + 1 as outcome_no,
        shipped_outcomes.site_key as hospital,
        shipped_outcomes.site_key || '/' || shipped_outcomes.source as source,
        coalesce(shipped_outcomes.weekday, dayname(shipped_outcomes.performed_on)) as weekday
    )
from shipped_outcomes
inner join pool_numbers on shipped_outcomes.procedure_id = pool_numbers.procedure_id
order by outcome_no;

-- name: pain_outcomes
insert into pain_outcomes by name
select shipped_pain_outcomes.* exclude (site_key)
from shipped_pain_outcomes
inner join pool_numbers on shipped_pain_outcomes.procedure_id = pool_numbers.procedure_id
order by shipped_pain_outcomes.timepoint, pool_numbers.rowid;

-- name: source_files
insert into source_files by name
select
    shipped_source_files.* exclude (site_key) replace (
        shipped_source_files.source_file_id + pool_offsets.number as source_file_id,
        shipped_source_files.site_key || '/' || shipped_source_files.source as source,
        shipped_source_files.site_key || ', file ' || shipped_source_files.source_file_id as name,
        '' as folder,
        '' as sha256
    )
from shipped_source_files
inner join pool_offsets on shipped_source_files.site_key = pool_offsets.site_key and pool_offsets.kind = 'files';

-- name: source_clocks
insert into source_clocks by name
select
    shipped_source_clocks.* exclude (site_key) replace (
        shipped_source_clocks.site_key || '/' || shipped_source_clocks.source as source
    )
from shipped_source_clocks;

-- name: senders
insert into senders by name
select
    shipped_senders.* exclude (site_key) replace (
        shipped_senders.site_key || '/' || shipped_senders.source as source
    )
from shipped_senders;

-- name: check_results
-- What hospitals found in their own records, added up: failed where it failed at one of them.
insert into check_results
select
    shipped_check_results.check_id,
    any_value(shipped_check_results.category) as category,
    case
        when bool_or(shipped_check_results.status = 'failed') then 'failed'
        when bool_or(shipped_check_results.status = 'passed') then 'passed'
        else 'not applicable'
    end as status,
    sum(shipped_check_results.violations) as violations,
    sum(shipped_check_results.examined) as examined
from shipped_check_results
group by shipped_check_results.check_id;

-- name: cells
insert into hospital_cells by name
select
    shipped_hospital_cells.* exclude (site_key) replace (
        shipped_hospital_cells.site_key as hospital
    )
from shipped_hospital_cells
order by
    hospital, shipped_hospital_cells.metric, shipped_hospital_cells.key nulls first, shipped_hospital_cells.key_value,
    shipped_hospital_cells.period_kind, shipped_hospital_cells.period, shipped_hospital_cells.category;

-- name: counted
update hospitals
set procedures = found.procedures
from (
    select
        outcomes.hospital,
        count(*) as procedures
    from outcomes
    group by outcomes.hospital
) as found
where hospitals.hospital = found.hospital;

-- name: counted_out
update hospitals
set procedures_left_out = found.procedures
from (
    select
        left_out.site_key,
        count(*) as procedures
    from left_out
    group by left_out.site_key
) as found
where hospitals.hospital = found.site_key;

-- name: shared
-- Hospitals, of those shown as shipped_procedures, that have a procedure of this generation.
select distinct shipped_procedures.site_key
from shipped_procedures
semi join procedures on cast(shipped_procedures.procedure_id as uuid) = procedures.procedure_id
order by shipped_procedures.site_key;

-- name: info
insert into generation_info by name
select
    cast($told_generation as varchar) as generation,
    cast($told_version as integer) as schema_version,
    case when exists (select 1 from outcomes) then cast($told_as_of as date) end as as_of,
    (
        select min(hospitals.hospital)
        from hospitals
        where hospitals.as_of = cast($told_as_of as date)
    ) as oldest_source,
    cast($told_synthetic as boolean) as is_synthetic,
    cast($told_timepoints as varchar) as timepoints,
    cast($told_code as varchar) as code_version;
