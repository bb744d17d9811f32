/*
title = "People with at least one of the procedures"
grain = "one row per person"
*/
select
    cast(patients.patient_key as varchar) as patient_key,
    cast(patients.sex as varchar) as sex
from patients
