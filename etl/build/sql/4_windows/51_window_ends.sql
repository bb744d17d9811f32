-- What decides for each procedure whether a window is closed, and by what: looked up once for all timepoints.

create or replace temp table window_ends as
select
    keyed_procedures.procedure_no,
    keyed_procedures.procedure_key,
    keyed_procedures.performed_date,
    keyed_procedures.next_performed_date,
    patients.died_on,
    source_as_of.as_of,
    baselines.baseline,
    baselines.offset_hours as baseline_offset_hours
from keyed_procedures
inner join source_as_of on keyed_procedures.clock = source_as_of.source
left join patients on keyed_procedures.patient_key = patients.patient_key and patients.died_on is not null
left join baselines on keyed_procedures.procedure_no = baselines.procedure_no
order by keyed_procedures.procedure_no;

-- Windows that are still open and hold a score already.
create or replace temp table waiting_windows as
select distinct
    weighed_scores.procedure_no,
    weighed_scores.window_no
from weighed_scores
left join baselines on weighed_scores.procedure_no = baselines.procedure_no
where
    weighed_scores.reason = 'window_open'
    and (baselines.context is null or baselines.context = weighed_scores.context_value);
