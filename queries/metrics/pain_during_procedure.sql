/*
topic = "recovery"
title = "Little pain during the procedure"
question = "In what share was the worst pain during the procedure 3 or less?"
kind = "proportion"
unit = "%"
better = "higher"
eligible = "every procedure"
source = "Patient leaflet B: no pain during the procedure; 3 or less as elsewhere (VERTOS II)"
caveat = "As the patient says afterwards; sedation dims memory."
version = 1
*/
select
    outcomes.procedure_id,
    outcomes.pain_during <= 3 as value
from outcomes
