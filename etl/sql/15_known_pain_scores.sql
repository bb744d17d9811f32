-- Pain entries of people whose number was merged into another one count for that one.

create or replace temp table known_pain_scores as
select
    read_pain_scores.* replace (
        coalesce(merged_people.survivor, read_pain_scores.patient_id) as patient_id,
        hash(read_pain_scores.others, coalesce(merged_people.survivor, read_pain_scores.patient_id)) as content
    )
from read_pain_scores
inner join files on read_pain_scores.source_file_id = files.source_file_id
left join merged_people
    on files.source = merged_people.source and read_pain_scores.patient_id = merged_people.patient_id;
