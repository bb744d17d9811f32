-- outcomes: one row per procedure with every fact a metric needs. Days count from D0 = 0.

insert into outcomes by name
with facts as (
    select
        keyed_procedures.*,
        -- The table of procedures was written in this order.
        keyed_procedures.procedure_no as outcome_no,
        cast(floor(keyed_procedures.age_value) as utinyint) as age_years_value,
        hours_between(keyed_procedures.ended_utc, keyed_procedures.recovery_ready_utc) as hours_to_ready
    from keyed_procedures
)

select
    facts.outcome_no,
    facts.procedure_key as procedure_id,
    facts.patient_key,
    facts.source,
    source_as_of.as_of,
    date_diff('day', facts.performed_date, source_as_of.as_of) as observed_days,
    facts.site,
    facts.operator,
    facts.performed_date as performed_on,
    /*each procedures outcomes: {fact_value} as {fact},*/
    /*each procedures banded: case {bands} end as {band},*/
    facts.age_years_value as age_years,
    patients.sex,
    case
        when facts.age_years_value < 60 then 'under 60'
        when facts.age_years_value < 70 then '60–69'
        when facts.age_years_value < 80 then '70–79'
        when facts.age_years_value < 90 then '80–89'
        when facts.age_years_value >= 90 then '90+'
    end as age_band,
    case
        when facts.started_hour < 10 then 'before 10'
        when facts.started_hour < 12 then '10–12'
        when facts.started_hour < 14 then '12–14'
        when facts.started_hour >= 14 then 'after 14'
    end as start_hour,
    dayname(facts.performed_date) as weekday,
    level_facts.level_count,
    case
        when level_facts.level_count >= 4 then '4+'
        else cast(level_facts.level_count as varchar)
    end as levels,
    level_facts.region,
    baselines.baseline,
    case
        when baselines.baseline < 4 then '[0,4)'
        when baselines.baseline < 7 then '[4,7)'
        when baselines.baseline >= 7 then '[7,10]'
    end as baseline_band,
    baselines.context as baseline_context,
    /*each pain_scores outcomes: window_answers.{typed} as {fact},*/
    baselines.days_before as baseline_days_before,
    early_scores.score_value as score_1_to_6_hours,
    hours_between(facts.arrived_utc, facts.started_utc) as arrival_hours_before,
    case
        when facts.ended_utc > facts.started_utc then hours_between(facts.started_utc, facts.ended_utc) * 60
    end as procedure_minutes,
    case when facts.hours_to_ready > 0 and facts.hours_to_ready <= 24 then facts.hours_to_ready end
        as recovery_hours,
    coalesce(facts.hours_to_ready <= 0 or facts.hours_to_ready > 24, false) as recovery_out_of_range,
    hours_between(facts.ended_utc, facts.discharged_utc) as stay_hours,
    date_diff('day', facts.performed_date, facts.discharged_date) as discharge_day,
    facts.disposition,
    facts.delay_reason,
    date_diff('day', facts.performed_date, facts.resumed_activity_date) as resumed_activity_day,
    date_diff('day', facts.performed_date, later_events.readmitted_on) as readmission_day,
    date_diff('day', facts.discharged_date, later_events.readmitted_on) as readmission_day_after_discharge,
    date_diff('day', facts.performed_date, later_events.died_on) as death_day,
    case
        when later_events.any_death_on >= facts.performed_date
            then date_diff('day', facts.performed_date, later_events.any_death_on)
    end as any_death_day,
    dead_without_day.patient_key is not null as death_day_unknown,
    date_diff('day', facts.performed_date, facts.next_performed_date) as next_procedure_day,
    last_signs.last_known_day,
    complication_facts.complication_day,
    complication_facts.serious_complication_day,
    complication_facts.unclassified_event_day,
    complication_facts.symptomatic_leak_day,
    complication_facts.new_fracture_day,
    sent_facts.sends_recovery,
    -- Of whom it is only known that they died, no date does not mean that they live.
    sent_facts.sends_deaths and dead_without_day.patient_key is null as sends_deaths,
    sent_facts.sends_readmissions,
    sent_facts.sends_complications,
    sent_facts.sends_leaks,
    sent_facts.sends_intended_stay,
    sent_facts.linked_deaths,
    sent_facts.linked_readmissions,
    sent_facts.linked_complications,
    sent_facts.linked_new_fractures,
    case
        when coalesce(first_receipts.received_on, facts.received_on) > first_deliveries.received_on
            then date_diff('day', facts.performed_date, coalesce(first_receipts.received_on, facts.received_on))
    end as registration_delay_days
from facts
inner join patients on facts.patient_key = patients.patient_key
inner join source_as_of on facts.clock = source_as_of.source
inner join sent_facts on facts.source = sent_facts.source
left join first_deliveries on facts.source = first_deliveries.source
left join first_receipts
    on facts.source = first_receipts.source and facts.procedure_id = first_receipts.procedure_id
left join dead_without_day on facts.patient_key = dead_without_day.patient_key
inner join later_events on facts.procedure_no = later_events.procedure_no
left join level_facts on facts.procedure_no = level_facts.procedure_no
left join baselines on facts.procedure_no = baselines.procedure_no
left join window_answers on facts.procedure_no = window_answers.procedure_no and window_answers.slot = 0
left join early_scores on facts.procedure_no = early_scores.procedure_no
left join complication_facts on facts.procedure_no = complication_facts.procedure_no
left join last_signs on facts.procedure_no = last_signs.procedure_no
order by outcome_no;
