/*
title = "Procedures without any date: one session each"
grain = "one row per procedure"

[derived]
age_years = "Age at the procedure, whole years; 90+ = 90 or more."
pre_call_hours_before = "Hours from the call that reached the patient to the start."
pre_call_days_before = "Calendar days from that call to the procedure."
pre_call_on_last_working_day = "Whether that call was one or two days before, or on the Friday before a Monday."
*/
select
    cast(procedures.procedure_id as varchar) as procedure_id,
    cast(procedures.patient_key as varchar) as patient_key,
    procedures.site,
    procedures.operator,
    /*each procedures stored safe_harbor: {extracted} as {name},*/
    procedures.sequence_no,
    date_diff('second', procedures.pre_call_at, procedures.started_at) / 3600e0 as pre_call_hours_before,
    date_diff('day', procedures.pre_call_on, procedures.performed_on) as pre_call_days_before,
    date_diff('day', procedures.pre_call_on, procedures.performed_on) in (1, 2)
    or (date_diff('day', procedures.pre_call_on, procedures.performed_on) = 3 and outcomes.weekday = 'Monday')
        as pre_call_on_last_working_day
from procedures
inner join outcomes on procedures.procedure_id = outcomes.procedure_id
