-- Tables that only a registry's generation has, beside those of data/schema.sql.

create table hospitals (
    hospital varchar not null,
    title varchar not null,
    peer_group varchar,
    what varchar not null check (what in ('cells', 'records')),
    sequence integer not null,
    shipment varchar not null,
    as_of date,
    late_days integer not null check (late_days >= 0),
    procedures integer not null,
    procedures_left_out integer not null,
    procedures_last_year integer not null,
    operators varchar not null,
    age varchar not null,
    dates varchar not null
);
comment on table hospitals is 'One row per hospital of the pool, with the shipment of it that is in force.';
comment on column hospitals.hospital is 'Its key, as in outcomes.';
comment on column hospitals.title is 'Its name for people.';
comment on column hospitals.peer_group is 'Hospitals that are compared with each other; null = none.';
comment on column hospitals.what is 'records: procedures without names; cells: counts only, no procedure of it is in the other tables.';
comment on column hospitals.sequence is 'Number of the shipment.';
comment on column hospitals.shipment is 'Hash of the shipment.';
comment on column hospitals.as_of is 'How far its records reach; null = it has none.';
comment on column hospitals.late_days is 'Days that it is behind the pool; 0 = not late.';
comment on column hospitals.procedures is 'Procedures of it in outcomes.';
comment on column hospitals.procedures_left_out is 'Procedures of months later than the one its records reach, left out because it is late.';
comment on column hospitals.procedures_last_year is 'Procedures of the year before its as_of, as it says.';
comment on column hospitals.operators is 'drop or pseudonym: what it ships of operators.';
comment on column hospitals.age is 'band or years: what it ships of ages.';
comment on column hospitals.dates is 'month or day: how exact its dates are.';

create table hospital_cells (
    hospital varchar not null,
    metric varchar not null,
    definition_version integer not null,
    key varchar,
    key_value varchar,
    period_kind varchar not null check (period_kind in ('year', 'quarter', 'month', 'all')),
    period varchar not null,
    category varchar,
    eligible bigint,
    recorded bigint,
    numerator bigint,
    total double,
    squares double,
    median double,
    lower_quartile double,
    upper_quartile double,
    suppressed boolean not null
);
comment on table hospital_cells is 'One row per figure that a hospital shipped as counts; null where it was hidden.';
comment on column hospital_cells.hospital is 'As in hospitals.';
comment on column hospital_cells.metric is 'Name of the metric.';
comment on column hospital_cells.definition_version is 'Version of its definition.';
comment on column hospital_cells.key is 'How the hospital is split; null = it is whole.';
comment on column hospital_cells.key_value is 'Value of that key; null with it.';
comment on column hospital_cells.period_kind is 'year, quarter, month or all.';
comment on column hospital_cells.period is '2026, 2026-Q1, 2026-01.';
comment on column hospital_cells.category is 'Of a category metric the category.';
comment on column hospital_cells.eligible is 'Who could count.';
comment on column hospital_cells.recorded is 'Whose answer is known.';
comment on column hospital_cells.numerator is 'Who said yes; null for means and medians.';
comment on column hospital_cells.total is 'Sum of the values of a mean.';
comment on column hospital_cells.squares is 'Sum of their squares.';
comment on column hospital_cells.median is 'Median of the values.';
comment on column hospital_cells.lower_quartile is 'A quarter of the values lies at or below.';
comment on column hospital_cells.upper_quartile is 'A quarter of the values lies at or above.';
comment on column hospital_cells.suppressed is 'Whether the figure was hidden by the hospital.';
