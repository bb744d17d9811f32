-- Procedures after the death of their person, whichever row tells of it.

insert into rejects
select
    'procedures' as kind,
    typed_procedures.source_file_id,
    typed_procedures.source_row,
    typed_procedures.source_line,
    typed_procedures.place,
    'performed_on' as field,
    'procedure_after_death' as rule,
    case when typed_procedures.is_cell then 'cell' else 'row' end as scope
from typed_procedures
inner join person_deaths
    on typed_procedures.source = person_deaths.source and typed_procedures.patient_id = person_deaths.patient_id
anti join rejects
    on
        rejects.kind = 'procedures'
        and typed_procedures.source_file_id = rejects.source_file_id
        and typed_procedures.source_row = rejects.source_row
        and typed_procedures.place = rejects.place
where typed_procedures.performed_date > person_deaths.died_on and not typed_procedures.is_withdrawn;
