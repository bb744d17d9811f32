-- Pain entries of people whose number was merged into another one count for that one. An entry may name its procedure
-- and not the patient: then it is of that procedure's patient.

create or replace temp table known_pain_scores as
with named as (
    select
        read_pain_scores.*,
        coalesce(merged_people.survivor, read_pain_scores.patient_id, live_procedures.patient_id) as person
    from read_pain_scores
    inner join files on read_pain_scores.source_file_id = files.source_file_id
    left join merged_people
        on files.source = merged_people.source and read_pain_scores.patient_id = merged_people.patient_id
    left join live_procedures
        on
            files.source = live_procedures.source
            and read_pain_scores.procedure_id = live_procedures.procedure_id
            and read_pain_scores.patient_id is null
)

select
    named.* exclude (person)
    replace (named.person as patient_id, hash(named.others, named.person) as content)
from named;
