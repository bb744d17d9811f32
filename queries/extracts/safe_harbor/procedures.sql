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
    cast(procedures.technique as varchar) as technique,
    cast(procedures.indication as varchar) as indication,
    cast(procedures.setting as varchar) as setting,
    cast(procedures.intended_stay as varchar) as intended_stay,
    cast(procedures.sedation as varchar) as sedation,
    procedures.asa_class,
    case when procedures.age_years >= 90 then '90+' else cast(procedures.age_years as varchar) end as age_years,
    cast(procedures.disposition as varchar) as disposition,
    cast(procedures.delay_reason as varchar) as delay_reason,
    cast(procedures.cement_ml as double) as cement_ml,
    procedures.sequence_no,
    date_diff('second', procedures.pre_call_at, procedures.started_at) / 3600e0 as pre_call_hours_before,
    date_diff('day', procedures.pre_call_on, procedures.performed_on) as pre_call_days_before,
    date_diff('day', procedures.pre_call_on, procedures.performed_on) in (1, 2)
    or (date_diff('day', procedures.pre_call_on, procedures.performed_on) = 3 and outcomes.weekday = 'Monday')
        as pre_call_on_last_working_day
from procedures
inner join outcomes on procedures.procedure_id = outcomes.procedure_id
