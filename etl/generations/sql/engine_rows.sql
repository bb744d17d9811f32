-- What an engine answered of procedures, with their numbers in this generation; what it knows of others stays out.
select
    engine_rows.* exclude (procedure_id),
    outcomes.outcome_no
from engine_rows
inner join outcomes on cast(engine_rows.procedure_id as uuid) = outcomes.procedure_id
