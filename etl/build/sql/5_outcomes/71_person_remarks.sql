-- Remarks on people: facts that cannot all be true, and answers to one question at one instant that differ.

insert into row_warnings
with said as (
    select
        keyed_procedures.patient_key,
        nullif(keyed_procedures.sex, 'unknown') as sex,
        keyed_procedures.performed_date - cast((keyed_procedures.age_value + 5e-1) * 36525e-2 as integer) as born_about,
        keyed_procedures.died_date,
        keyed_procedures.source_file_id,
        keyed_procedures.source_row,
        keyed_procedures.source_line,
        keyed_procedures.is_cell
    from keyed_procedures
    union all
    select
        patient_identities.key as patient_key,
        cast(try_cast(upper(nullif(lower(live_people.sex), 'unknown')) as sex) as varchar) as sex,
        live_people.born_date as born_about,
        live_people.died_date,
        live_people.source_file_id,
        live_people.source_row,
        live_people.source_line,
        live_people.is_cell
    from live_people
    left join merged_people
        on live_people.source = merged_people.source and live_people.patient_id = merged_people.patient_id
    inner join patient_identities
        on
            live_people.source = patient_identities.source
            and coalesce(merged_people.survivor, live_people.patient_id) = patient_identities.number
),

people as (
    select
        said.patient_key,
        min(said.sex) <> max(said.sex) as sexes_differ,
        date_diff('day', min(said.born_about), max(said.born_about)) > 2 * 366 as ages_differ,
        min(said.died_date) <> max(said.died_date) as deaths_differ
    from said
    group by said.patient_key
    having sexes_differ or ages_differ or deaths_differ
),

contradictions as (
    select
        said.*,
        'sex' as field
    from said
    inner join people on said.patient_key = people.patient_key and people.sexes_differ
    where said.sex is not null
    union all
    select
        said.*,
        'age_years' as field
    from said
    inner join people on said.patient_key = people.patient_key and people.ages_differ
    where said.born_about is not null
    union all
    select
        said.*,
        'died_on' as field
    from said
    inner join people on said.patient_key = people.patient_key and people.deaths_differ
    where said.died_date is not null
),

instants as (
    select
        keyed_scores.patient_key,
        keyed_scores.measured_utc,
        keyed_scores.context_value
    from keyed_scores
    where keyed_scores.time_known and keyed_scores.score_value is not null
    group by keyed_scores.patient_key, keyed_scores.measured_utc, keyed_scores.context_value
    having min(keyed_scores.score_value) <> max(keyed_scores.score_value)
),

-- Answers without a date are of one instant where they are of one timepoint of one procedure.
undated as (
    select
        keyed_scores.patient_key,
        keyed_scores.named_procedure_key,
        keyed_scores.label,
        keyed_scores.context_value
    from keyed_scores
    where keyed_scores.measured_date is null and keyed_scores.label is not null and keyed_scores.score_value is not null
    group by
        keyed_scores.patient_key, keyed_scores.named_procedure_key, keyed_scores.label, keyed_scores.context_value
    having min(keyed_scores.score_value) <> max(keyed_scores.score_value)
)

select
    contradictions.source_file_id,
    contradictions.source_row,
    contradictions.source_line,
    contradictions.field,
    'person_contradicts' as rule,
    case when contradictions.is_cell then 'cell' else 'row' end as scope
from contradictions
union all
select
    said_dead.source_file_id,
    said_dead.source_row,
    said_dead.source_line,
    'died_on' as field,
    'death_day_unknown' as rule,
    case when said_dead.is_cell then 'cell' else 'row' end as scope
from said_dead
semi join dead_without_day on said_dead.patient_key = dead_without_day.patient_key
union all
select
    keyed_scores.source_file_id,
    keyed_scores.source_row,
    keyed_scores.source_line,
    'score' as field,
    'answers_disagree' as rule,
    case when keyed_scores.is_cell then 'cell' else 'row' end as scope
from keyed_scores
inner join instants
    on
        keyed_scores.patient_key = instants.patient_key
        and keyed_scores.measured_utc = instants.measured_utc
        and keyed_scores.context_value = instants.context_value
where keyed_scores.time_known and keyed_scores.score_value is not null
union all
select
    keyed_scores.source_file_id,
    keyed_scores.source_row,
    keyed_scores.source_line,
    'score' as field,
    'answers_disagree' as rule,
    case when keyed_scores.is_cell then 'cell' else 'row' end as scope
from keyed_scores
inner join undated
    on
        keyed_scores.patient_key = undated.patient_key
        and keyed_scores.named_procedure_key is not distinct from undated.named_procedure_key
        and keyed_scores.label = undated.label
        and keyed_scores.context_value = undated.context_value
where keyed_scores.measured_date is null and keyed_scores.score_value is not null
order by source_file_id, source_row, field, rule;
