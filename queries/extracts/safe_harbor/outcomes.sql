/*
title = "Every fact a metric needs, without dates"
grain = "one row per procedure"

[derived]
observed_band = "Records reach at least this many days after the procedure: 0, 7, 15, 30, 84, 90 or 365."
observed_7_days_after_leaving = "Whether records reach 7 days after the day of leaving."
observed_30_days_after_leaving = "Whether records reach 30 days after the day of leaving."
*/
select
    cast(outcomes.procedure_id as varchar) as procedure_id,
    cast(outcomes.patient_key as varchar) as patient_key,
    outcomes.site,
    outcomes.operator,
    /*each procedures outcomes safe_harbor: outcomes.{fact},*/
    /*each procedures outcomes date: outcomes.{fact},*/
    /*each procedures banded safe_harbor: outcomes.{band},*/
    outcomes.sex,
    outcomes.age_band,
    outcomes.start_hour,
    outcomes.level_count,
    outcomes.levels,
    outcomes.region,
    cast(outcomes.baseline as double) as baseline,
    outcomes.baseline_band,
    outcomes.baseline_context,
    /*each pain_scores outcomes safe_harbor: outcomes.{fact},*/
    outcomes.baseline_days_before,
    cast(outcomes.score_1_to_6_hours as double) as score_1_to_6_hours,
    outcomes.arrival_hours_before,
    outcomes.procedure_minutes,
    outcomes.recovery_hours,
    outcomes.recovery_out_of_range,
    outcomes.stay_hours,
    outcomes.discharge_day,
    outcomes.disposition,
    outcomes.delay_reason,
    outcomes.resumed_activity_day,
    outcomes.readmission_day,
    outcomes.readmission_day_after_discharge,
    outcomes.death_day,
    outcomes.any_death_day,
    outcomes.death_day_unknown,
    outcomes.next_procedure_day,
    outcomes.last_known_day,
    outcomes.complication_day,
    outcomes.serious_complication_day,
    outcomes.unclassified_event_day,
    outcomes.symptomatic_leak_day,
    outcomes.new_fracture_day,
    outcomes.sends_recovery,
    outcomes.sends_deaths,
    outcomes.sends_readmissions,
    outcomes.sends_complications,
    outcomes.sends_leaks,
    outcomes.sends_intended_stay,
    outcomes.linked_deaths,
    outcomes.linked_readmissions,
    outcomes.linked_complications,
    outcomes.linked_new_fractures,
    case
        when outcomes.observed_days >= 365 then 365
        when outcomes.observed_days >= 90 then 90
        when outcomes.observed_days >= 84 then 84
        when outcomes.observed_days >= 30 then 30
        when outcomes.observed_days >= 15 then 15
        when outcomes.observed_days >= 7 then 7
        else 0
    end as observed_band,
    outcomes.observed_days >= coalesce(outcomes.discharge_day, 0) + 7 as observed_7_days_after_leaving,
    outcomes.observed_days >= coalesce(outcomes.discharge_day, 0) + 30 as observed_30_days_after_leaving
from outcomes
