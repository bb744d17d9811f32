-- Four charts of a generation as anyone would ask for them first: one statement each.
select date_trunc('month', performed_on) as x, avg(cast(discharge_day = 0 as integer)) as y
from outcomes
where performed_on between $first and $last and ($levels is null or levels = $levels)
group by all order by all;

select levels as x, count(*) as y
from outcomes
where performed_on between $first and $last and ($levels is null or levels = $levels)
group by all order by all;

select date_trunc('month', performed_on) as x, median(recovery_hours) as y
from outcomes
where performed_on between $first and $last and ($levels is null or levels = $levels)
group by all order by all;

select date_trunc('month', outcomes.performed_on) as x, avg(cast(pain.baseline - pain.score >= 2 as integer)) as y
from outcomes
inner join pain_outcomes as pain using (procedure_id)
where
    performed_on between $first and $last and ($levels is null or levels = $levels)
    and pain.timepoint = 'hours_24_72' and pain.status = 'recorded' and pain.baseline >= 4
group by all order by all;
