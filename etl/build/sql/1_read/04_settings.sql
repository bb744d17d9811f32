-- Settings, and the keys that were given before. Rows come from the program.

create temp table source_order (source varchar, place integer);

create temp table windows (
    window_no utinyint, timepoint varchar, first_day integer, last_day integer, target_seconds bigint
);

create temp view window_days as
select
    windows.window_no,
    windows.timepoint,
    windows.first_day,
    windows.last_day,
    windows.target_seconds,
    unnest(range(windows.first_day, windows.last_day + 1)) as day
from windows;

create temp view known_timepoints as
select windows.timepoint from windows
union all
select 'baseline' as timepoint;

-- Days before the procedure in which a score is a baseline, and the last day of any window.
create temp table lookback (days integer, latest_day integer);

create temp table context_order (context pain_context, place integer);

-- Timepoints whose rows are written by one statement.
create temp table closing (timepoint varchar);

create temp table identities (kind varchar, source varchar, number varchar, key uuid);
