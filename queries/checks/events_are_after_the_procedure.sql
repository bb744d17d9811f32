/*
title = "Complications are not dated before their procedure"
category = "plausibility"
severity = "warn"
tolerated_share = 0.02
examined = "complications of loaded procedures"
not_applicable = "there are no complications"
remedy = "Correct the date, or the number of the procedure."
*/
select
    count(*) filter (where complications.occurred_on < procedures.performed_on) as violations,
    count(*) as examined
from complications
inner join procedures on complications.procedure_id = procedures.procedure_id
