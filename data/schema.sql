-- The tables of one generation of the warehouse.
-- A generation is written once and never changed. It holds no names and no hospital numbers: keys are random.
-- Times are UTC without a zone; columns that end in _on are calendar dates at the hospital. Null means not recorded.

/*each list: create type {list} as enum({values});*/
create type vertebra as enum(
    'C1', 'C2', 'C3', 'C4', 'C5', 'C6', 'C7',
    'T1', 'T2', 'T3', 'T4', 'T5', 'T6', 'T7', 'T8', 'T9', 'T10', 'T11', 'T12', 'T13',
    'L1', 'L2', 'L3', 'L4', 'L5', 'L6',
    'S1', 'S2', 'S3', 'S4', 'S5'
);
create type window_status as enum('recorded', 'missing', 'not_due', 'died', 'retreated');
create type assignment_reason as enum(
    'used', 'not_nearest', 'before_window', 'between_windows', 'after_last_window', 'ambiguous_same_day',
    'same_day_after', 'after_retreatment', 'other_context', 'window_open', 'not_recorded', 'no_procedure'
);

create table patients (
    patient_key uuid not null,
    sex sex,
    died_on date
);
comment on table patients is 'One row per person with at least one loaded procedure.';
comment on column patients.patient_key is 'Random key; the hospital number is in the private identities, never here.';
comment on column patients.sex is 'As sent; unknown = sent, but not a value we know.';
comment on column patients.died_on is 'Date of death; null = not known to have died.';

create table procedures (
    procedure_id uuid not null,
    patient_key uuid not null,
    site varchar,
    operator varchar,
    performed_on date not null,
    started_at timestamp,
    ended_at timestamp,
    arrived_at timestamp,
    recovery_ready_at timestamp,
    discharged_at timestamp,
    discharged_on date,
    pre_call_at timestamp,
    pre_call_on date,
    /*each procedures stored: {name} {column},*/
    sequence_no usmallint not null check (sequence_no >= 1),
    source_file_id integer not null,
    source_row integer not null check (source_row >= 1)
);
comment on table procedures is 'One row per session: several vertebral bodies treated in one session are one procedure.';
comment on column procedures.procedure_id is 'Random key per source and sender''s number.';
comment on column procedures.patient_key is 'The person; see patients.';
comment on column procedures.site is 'Hospital or unit, as sent.';
comment on column procedures.operator is 'Who performed it, as sent.';
comment on column procedures.performed_on is 'Calendar date at the hospital: D0 of every time window.';
comment on column procedures.started_at is 'Start, UTC; null = time not recorded.';
comment on column procedures.ended_at is 'End, UTC.';
comment on column procedures.arrived_at is 'Arrival of the patient, UTC.';
comment on column procedures.recovery_ready_at is 'When criteria to go home were met, UTC.';
comment on column procedures.discharged_at is 'When the patient left the hospital, UTC; null when only the date is known.';
comment on column procedures.discharged_on is 'Calendar date at the hospital of leaving it.';
comment on column procedures.pre_call_at is 'The call before the procedure that reached the patient, UTC.';
comment on column procedures.pre_call_on is 'Calendar date at the hospital of that call.';
/*each procedures stored: comment on column procedures.{name} is '{meaning}';*/
comment on column procedures.sequence_no is '1 for a patient''s first procedure, then 2, 3, …';
comment on column procedures.source_file_id is 'File that holds the version in force; see source_files.';
comment on column procedures.source_row is 'Data row in that file, counted from 1.';

create table treated_levels (
    procedure_id uuid not null,
    vertebra vertebra not null,
    cement_ml decimal(5, 2) check (cement_ml >= 0),
    leak boolean,
    leak_symptomatic boolean,
    approach varchar
);
comment on table treated_levels is 'One row per treated vertebra of a procedure; none when the level text was missing or unreadable.';
comment on column treated_levels.procedure_id is 'The procedure.';
comment on column treated_levels.vertebra is 'T1 to L5; cervical, sacral and transitional vertebrae are accepted with a warning.';
comment on column treated_levels.cement_ml is 'Cement in this vertebra, millilitres; null = not recorded per vertebra.';
comment on column treated_levels.leak is 'Cement outside this vertebra; null = not recorded per vertebra.';
comment on column treated_levels.leak_symptomatic is 'Whether that leak caused symptoms.';
comment on column treated_levels.approach is 'Needle approach, as sent.';

create table pain_scores (
    score_id bigint not null,
    patient_key uuid not null,
    measured_at timestamp,
    measured_on date,
    time_known boolean not null,
    score decimal(4, 2) check (score between 0 and 10),
    context pain_context not null,
    /*each pain_scores stored: {name} {column},*/
    label varchar,
    missing_reason varchar,
    check (score is null or missing_reason is null)
);
comment on table pain_scores is 'One row per accepted pain entry, also entries without a value; a person without a loaded procedure may have some.';
comment on column pain_scores.score_id is 'Source file, row and place in the row, as one number: file * 1e11 + row * 100 + place.';
comment on column pain_scores.patient_key is 'The person.';
comment on column pain_scores.measured_at is 'When asked, UTC; 12:00 at the hospital when only the date is known; null = undated.';
comment on column pain_scores.measured_on is 'Calendar date at the hospital; null = undated.';
comment on column pain_scores.time_known is 'False when only a date, or nothing, was sent.';
comment on column pain_scores.score is 'Pain 0 (none) to 10 (worst); null = asked, no value.';
comment on column pain_scores.context is 'At rest, on activity, … ; unspecified = not said.';
/*each pain_scores stored: comment on column pain_scores.{name} is '{meaning}';*/
comment on column pain_scores.label is 'Timepoint by the sender''s label; dates win over it.';
comment on column pain_scores.missing_reason is 'Why there is no value, where score is null.';

create table score_assignments (
    score_id bigint not null,
    procedure_id uuid,
    timepoint varchar,
    offset_hours double,
    offset_days integer,
    reason assignment_reason not null,
    check ((timepoint is not null) = (reason = 'used'))
);
comment on table score_assignments is 'What became of every accepted score: at least one row each; two when it is follow-up of one procedure and stands before the next.';
comment on column score_assignments.score_id is 'The score.';
comment on column score_assignments.procedure_id is 'The procedure it was weighed for; null = the person has none.';
comment on column score_assignments.timepoint is 'Where it is used; null = not used, see reason.';
comment on column score_assignments.offset_hours is 'Elapsed hours from the start of the procedure; negative = before; a date or start without a time counts as 12:00. Null when undated.';
comment on column score_assignments.offset_days is 'Calendar days from D0. Null when undated.';
comment on column score_assignments.reason is 'used, or why not.';

create table complications (
    complication_id bigint not null,
    procedure_id uuid not null,
    occurred_on date not null,
    type complication_type not null,
    severity varchar
    /*each complications stored: , {name} {column}*/
);
comment on table complications is 'One row per reported event; also of procedures that are not loaded.';
comment on column complications.complication_id is 'Numbered like pain_scores.score_id.';
comment on column complications.procedure_id is 'The procedure it was reported for.';
comment on column complications.occurred_on is 'Calendar date at the hospital.';
comment on column complications.type is 'Kind of event.';
comment on column complications.severity is 'Class on its scale: SIR A to F, CIRSE 1 to 6; null = not classified.';
/*each complications stored: comment on column complications.{name} is '{meaning}';*/

create table contacts (
    contact_id bigint not null,
    procedure_id uuid not null,
    kind contact_kind not null,
    happened_at timestamp,
    happened_on date not null
    /*each contacts stored: , {name} {column}*/
);
comment on table contacts is 'One row per call or visit, also attempts.';
comment on column contacts.contact_id is 'Numbered like pain_scores.score_id.';
comment on column contacts.procedure_id is 'The procedure it belongs to.';
comment on column contacts.kind is 'Call before, early call, follow-up visit, …';
comment on column contacts.happened_at is 'UTC; null when only the date is known.';
comment on column contacts.happened_on is 'Calendar date at the hospital.';
/*each contacts stored: comment on column contacts.{name} is '{meaning}';*/

create table counts (
    source varchar not null,
    month date not null,
    site varchar,
    n integer not null check (n >= 0)
);
comment on table counts is 'One row per month and site that another system counted: what share of all cases the records hold.';
comment on column counts.source is 'Sending system.';
comment on column counts.month is 'First day of the month.';
comment on column counts.site is 'As in procedures; null = all sites together.';
comment on column counts.n is 'Procedures of that month by that count.';

create table outcomes (
    outcome_no integer not null,
    procedure_id uuid not null,
    patient_key uuid not null,
    source varchar not null,
    hospital varchar,
    as_of date not null,
    observed_days integer not null,
    site varchar,
    operator varchar,
    performed_on date not null,
    /*each procedures outcomes: {fact} {fact_type},*/
    /*each procedures banded: {band} varchar,*/
    age_years utinyint,
    sex varchar,
    age_band varchar,
    start_hour varchar,
    weekday varchar not null,
    level_count utinyint check (level_count >= 1),
    levels varchar,
    region varchar,
    baseline decimal(4, 2),
    baseline_band varchar,
    baseline_context varchar,
    /*each pain_scores outcomes: {fact} {fact_type},*/
    baseline_days_before smallint,
    score_1_to_6_hours decimal(4, 2),
    arrival_hours_before double,
    procedure_minutes double,
    recovery_hours double,
    recovery_out_of_range boolean not null,
    stay_hours double,
    discharge_day integer,
    disposition varchar,
    delay_reason varchar,
    resumed_activity_day integer,
    readmission_day integer,
    readmission_day_after_discharge integer,
    death_day integer,
    any_death_day integer,
    death_day_unknown boolean not null default false,
    next_procedure_day integer,
    last_known_day integer,
    complication_day integer,
    serious_complication_day integer,
    unclassified_event_day integer,
    symptomatic_leak_day integer,
    new_fracture_day integer,
    sends_recovery boolean not null,
    sends_deaths boolean not null,
    sends_readmissions boolean not null,
    sends_complications boolean not null,
    sends_leaks boolean not null,
    sends_intended_stay boolean not null,
    linked_deaths boolean not null default false,
    linked_readmissions boolean not null default false,
    linked_complications boolean not null default false,
    linked_new_fractures boolean not null default false,
    registration_delay_days integer
);
comment on table outcomes is 'One row per procedure: every fact a metric needs. Days count from D0 = 0. Sorted by (performed_on, site, procedure_id).';
comment on column outcomes.outcome_no is 'Place in the order of this table, from 1.';
comment on column outcomes.procedure_id is 'The procedure.';
comment on column outcomes.patient_key is 'The person.';
comment on column outcomes.source is 'Sending system.';
comment on column outcomes.hospital is 'In a registry''s pool the hospital that shipped it; null in a department''s own generation.';
comment on column outcomes.as_of is 'Latest date of an accepted record of this source: closes this procedure''s windows.';
comment on column outcomes.observed_days is 'Days from D0 to as_of: how long records reach after this procedure.';
comment on column outcomes.site is 'As in procedures.';
comment on column outcomes.operator is 'As in procedures.';
comment on column outcomes.performed_on is 'D0.';
/*each procedures outcomes: comment on column outcomes.{fact} is 'As in procedures; a day counts from D0.';*/
/*each procedures banded: comment on column outcomes.{band} is 'Groups of {name}.';*/
comment on column outcomes.age_years is 'As in procedures.';
comment on column outcomes.sex is 'As in patients.';
comment on column outcomes.age_band is 'under 60, 60–69, 70–79, 80–89, 90+.';
comment on column outcomes.start_hour is 'Local hour of the start: before 10, 10–12, 12–14, after 14.';
comment on column outcomes.weekday is 'Local weekday of D0.';
comment on column outcomes.level_count is 'Vertebrae treated; null = level text missing or unreadable.';
comment on column outcomes.levels is '1, 2, 3, 4+; null as level_count.';
comment on column outcomes.region is 'thoracic T1–T9, thoraco-lumbar T10–L2, lumbar L3–L5, several, other (cervical, sacral).';
comment on column outcomes.baseline is 'Pain before, 0 to 10; null = none within 30 days.';
comment on column outcomes.baseline_band is '[0,4), [4,7), [7,10].';
comment on column outcomes.baseline_context is 'At rest, on activity, …: later scores are compared within it.';
/*each pain_scores outcomes: comment on column outcomes.{fact} is 'The latest answer before; as in pain_scores.';*/
comment on column outcomes.baseline_days_before is 'Age of the baseline in days; null when none, or undated.';
comment on column outcomes.score_1_to_6_hours is 'Score nearest to 4 hours after the end, of those 1 to 6 hours after, in the context of the baseline.';
comment on column outcomes.arrival_hours_before is 'Hours from arrival to start.';
comment on column outcomes.procedure_minutes is 'Minutes from start to end; null when not after the start.';
comment on column outcomes.recovery_hours is 'Hours from end to ready to go home; null when not recorded or out of range.';
comment on column outcomes.recovery_out_of_range is 'True when the recorded time was zero, negative or above 24 hours.';
comment on column outcomes.stay_hours is 'Hours from end to leaving the hospital.';
comment on column outcomes.discharge_day is 'Local day of leaving; null = not recorded.';
comment on column outcomes.disposition is 'As in procedures.';
comment on column outcomes.delay_reason is 'As in procedures.';
comment on column outcomes.resumed_activity_day is 'Day of return to usual activity.';
comment on column outcomes.readmission_day is 'Day of the first readmission, counted for the latest procedure at or before it.';
comment on column outcomes.readmission_day_after_discharge is 'The same, counted from the local day of leaving.';
comment on column outcomes.death_day is 'Day of death, counted for the latest procedure at or before it.';
comment on column outcomes.next_procedure_day is 'Day of this patient''s next procedure; null = none.';
comment on column outcomes.any_death_day is 'Day of this patient''s death, whichever procedure it is counted for; null = none on or after this procedure.';
comment on column outcomes.death_day_unknown is 'Whether this patient is known to be dead, and nobody says since when.';
comment on column outcomes.last_known_day is 'Latest day with a contact reached, visit, score or other answer, readmission or death.';
comment on column outcomes.complication_day is 'First complication on or after D0, leaving out leaks without symptoms and new fractures.';
comment on column outcomes.serious_complication_day is 'First event on or after D0 of SIR class C to F or CIRSE grade 3 or more.';
comment on column outcomes.unclassified_event_day is 'First event on or after D0 without a class.';
comment on column outcomes.symptomatic_leak_day is 'First cement leak with symptoms.';
comment on column outcomes.new_fracture_day is 'First reported new vertebral fracture.';
comment on column outcomes.sends_recovery is 'Whether the source records times of being ready to go home.';
comment on column outcomes.sends_deaths is 'Whether no date of death means alive: the source records deaths, and this patient is not dead without a day.';
comment on column outcomes.sends_readmissions is 'Whether the source records readmissions.';
comment on column outcomes.sends_complications is 'Whether the source records all complications.';
comment on column outcomes.sends_leaks is 'Whether the source records cement leaks with their symptoms.';
comment on column outcomes.sends_intended_stay is 'Whether the source records the planned stay.';
comment on column outcomes.linked_deaths is 'Whether the source links deaths to a register: if so, everyone is followed up for them.';
comment on column outcomes.linked_readmissions is 'Whether the source links readmissions to a register: if so, everyone is followed up for them.';
comment on column outcomes.linked_complications is 'Whether the source links complications to a register: if so, everyone is followed up for them.';
comment on column outcomes.linked_new_fractures is 'Whether the source links new fractures to a register: if so, everyone is followed up for them.';
comment on column outcomes.registration_delay_days is 'Days from D0 to the first receipt of this procedure; null = it came on the day of its source''s first delivery.';

create table pain_outcomes (
    procedure_id uuid not null,
    timepoint varchar not null,
    status window_status not null,
    baseline decimal(4, 2),
    score decimal(4, 2),
    offset_hours double,
    /*each pain_scores windows: {name} {fact_type},*/
    check ((status = 'recorded') = (score is not null))
);
comment on table pain_outcomes is 'One row per procedure and timepoint. Sorted by timepoint, within it as outcomes.';
comment on column pain_outcomes.procedure_id is 'The procedure.';
comment on column pain_outcomes.timepoint is 'Name from data/settings/timepoints.toml.';
comment on column pain_outcomes.status is 'recorded; missing = window closed without a score; not_due = still open; died or retreated on or before its last day.';
comment on column pain_outcomes.baseline is 'Pain before, repeated here for pairs.';
comment on column pain_outcomes.score is 'Pain at the timepoint.';
comment on column pain_outcomes.offset_hours is 'Elapsed hours from the start of the procedure to the score; null when either time is not known.';
/*each pain_scores windows: comment on column pain_outcomes.{name} is 'The answer nearest to the timepoint; as in pain_scores.';*/

create table answer_versions (
    metric varchar not null,
    metric_no smallint not null,
    sql_hash varchar not null
);
comment on table answer_versions is 'One row per metric or curve whose answers this generation holds; none where it has few procedures.';
comment on column answer_versions.metric is 'Name of the metric, with its timepoint where it has one.';
comment on column answer_versions.metric_no is 'Its number in this generation.';
comment on column answer_versions.sql_hash is 'Hash of the SQL that gave the answers; where it is not today''s the answers do not count.';

create table numbered_answers (
    metric_no smallint not null,
    outcome_no integer not null,
    answer utinyint not null check (answer <= 2),
    exclusion utinyint not null,
    value double,
    check ((answer = 2) = (value is not null))
);
comment on table numbered_answers is 'As the view answers, by numbers; sorted by metric_no, outcome_no.';
comment on column numbered_answers.metric_no is 'The metric; see answer_versions.';
comment on column numbered_answers.outcome_no is 'The procedure; see outcomes.';
comment on column numbered_answers.answer is '0 = does not count, 1 = not recorded, 2 = recorded.';
comment on column numbered_answers.exclusion is 'Why it does not count: 1 setting, 2 not_due, 3 died, 4 retreated, 5 baseline_missing, 6 baseline_below_4; 0 = it counts.';
comment on column numbered_answers.value is 'The value, 1 and 0 for yes and no; of a category metric how many categories. Null = not recorded, or does not count.';

create table numbered_categories (
    metric_no smallint not null,
    outcome_no integer not null,
    category varchar not null
);
comment on table numbered_categories is 'As the view answer_categories, by numbers.';
comment on column numbered_categories.metric_no is 'The metric; see answer_versions.';
comment on column numbered_categories.outcome_no is 'The procedure; see outcomes.';
comment on column numbered_categories.category is 'One of its categories.';

create view answers as
select
    answer_versions.metric,
    numbered_answers.outcome_no,
    numbered_answers.answer,
    numbered_answers.exclusion,
    numbered_answers.value
from numbered_answers
inner join answer_versions on numbered_answers.metric_no = answer_versions.metric_no;
comment on view answers is 'One row per metric and procedure that counts, or does not for a reason that counts.';
comment on column answers.metric is 'Name of the metric, with its timepoint where it has one.';
comment on column answers.outcome_no is 'The procedure; see outcomes.';
comment on column answers.answer is 'As in numbered_answers.';
comment on column answers.exclusion is 'As in numbered_answers.';
comment on column answers.value is 'As in numbered_answers.';

create view answer_categories as
select
    answer_versions.metric,
    numbered_categories.outcome_no,
    numbered_categories.category
from numbered_categories
inner join answer_versions on numbered_categories.metric_no = answer_versions.metric_no;
comment on view answer_categories is 'One row per category metric, procedure and category.';
comment on column answer_categories.metric is 'Name of the metric.';
comment on column answer_categories.outcome_no is 'The procedure; see outcomes.';
comment on column answer_categories.category is 'One of its categories.';

create table source_files (
    source_file_id integer not null,
    source varchar not null,
    name varchar not null,
    folder varchar not null,
    kind varchar not null,
    sha256 varchar not null,
    time_zone varchar not null,
    received_at timestamp not null,
    encoding varchar not null,
    rows_read integer not null,
    rows_loaded integer not null,
    rows_superseded integer not null,
    rows_duplicate integer not null,
    rows_rejected integer not null,
    check (rows_read = rows_loaded + rows_superseded + rows_duplicate + rows_rejected),
    check (rows_loaded >= 0 and rows_superseded >= 0 and rows_duplicate >= 0 and rows_rejected >= 0)
);
comment on table source_files is 'One row per file (or sheet) of this generation, with what became of its rows.';
comment on column source_files.source_file_id is 'Order of receipt.';
comment on column source_files.source is 'Sending system: name of its mapping.';
comment on column source_files.name is 'File name as received.';
comment on column source_files.folder is 'Folder it came from.';
comment on column source_files.kind is 'What its rows are.';
comment on column source_files.sha256 is 'Hash of the content; the archive keeps the file under it.';
comment on column source_files.time_zone is 'Zone of its local times.';
comment on column source_files.received_at is 'When it was received, UTC.';
comment on column source_files.encoding is 'How its bytes were read, and why.';
comment on column source_files.rows_read is 'Data rows; titles, headers and blank lines are not rows.';
comment on column source_files.rows_loaded is 'Rows in force.';
comment on column source_files.rows_superseded is 'Rows replaced by a newer version or withdrawn.';
comment on column source_files.rows_duplicate is 'Rows identical to one read before.';
comment on column source_files.rows_rejected is 'Rows that failed a rule; see rejected_rows.';

create table rejected_rows (
    source_file_id integer not null,
    source_row integer not null,
    source_line integer not null,
    field varchar,
    rule varchar not null,
    scope varchar not null check (scope in ('row', 'cell'))
);
comment on table rejected_rows is 'One row per rejected row (scope row) or unusable fact of a loaded row (scope cell). No raw text.';
comment on column rejected_rows.source_file_id is 'The file.';
comment on column rejected_rows.source_row is 'Data row, from 1.';
comment on column rejected_rows.source_line is 'Line of the file where the row begins, from 1.';
comment on column rejected_rows.field is 'Column at fault.';
comment on column rejected_rows.rule is 'Rule that failed; see the rule book.';
comment on column rejected_rows.scope is 'row = the whole row is out; cell = only that fact.';

create table rules (
    rule varchar not null,
    severity varchar not null,
    message varchar not null,
    remedy varchar not null
);
comment on table rules is 'The rule book in force when this generation was built.';
comment on column rules.rule is 'Name of the rule, as in rejected_rows and row_warnings.';
comment on column rules.severity is 'refuse = the file is not taken; reject = the row is not used; warn = it is used, with a remark.';
comment on column rules.message is 'What is wrong, in words.';
comment on column rules.remedy is 'What to do about it.';

create table row_warnings (
    source_file_id integer not null,
    source_row integer not null,
    source_line integer not null,
    field varchar,
    rule varchar not null,
    scope varchar not null check (scope in ('row', 'cell'))
);
comment on table row_warnings is 'Remarks on loaded rows. No raw text.';
comment on column row_warnings.source_file_id is 'The file.';
comment on column row_warnings.source_row is 'Data row, from 1.';
comment on column row_warnings.source_line is 'Line of the file where the row begins.';
comment on column row_warnings.field is 'Column remarked on.';
comment on column row_warnings.rule is 'The remark; see the rule book.';
comment on column row_warnings.scope is 'row = on the record of the row itself; cell = on a further fact in it.';

create table replaced_rows (
    source_file_id integer not null,
    source_row integer not null,
    source_line integer not null,
    fate varchar not null check (fate in ('superseded', 'duplicate')),
    reason varchar not null check (
        reason in ('corrected', 'older_version', 'withdrawn', 'withdrawal', 'identical', 'same_call')
    )
);
comment on table replaced_rows is 'One row per row that passed every rule and is not in force.';
comment on column replaced_rows.source_file_id is 'The file.';
comment on column replaced_rows.source_row is 'Data row, from 1.';
comment on column replaced_rows.source_line is 'Line of the file where the row begins.';
comment on column replaced_rows.fate is 'superseded or duplicate.';
comment on column replaced_rows.reason is 'What replaced it.';

create table source_clocks (
    source varchar not null,
    kind varchar not null,
    as_of date not null
);
comment on table source_clocks is 'How far each source''s records of a kind reach.';
comment on column source_clocks.source is 'Sending system.';
comment on column source_clocks.kind is 'procedures, scores, complications, contacts, deaths.';
comment on column source_clocks.as_of is 'Latest date of an accepted record.';

create table senders (
    source varchar not null,
    deaths varchar check (deaths in ('linked', 'noted')),
    readmissions varchar check (readmissions in ('linked', 'noted')),
    complications varchar check (complications in ('linked', 'noted')),
    new_fractures varchar check (new_fractures in ('linked', 'noted'))
);
comment on table senders is 'One row per sending system with a file in this generation.';
comment on column senders.source is 'Sending system.';
comment on column senders.deaths is 'How it knows of deaths: linked to a register, or noted by staff; null = not said.';
comment on column senders.readmissions is 'The same of readmissions.';
comment on column senders.complications is 'The same of complications.';
comment on column senders.new_fractures is 'The same of new fractures; as complications where nothing else is said.';

create table check_results (
    check_id varchar not null,
    category varchar not null,
    status varchar not null check (status in ('passed', 'failed', 'not applicable')),
    violations integer not null,
    examined integer not null
);
comment on table check_results is 'One row per check of this generation.';
comment on column check_results.check_id is 'File name in queries/checks.';
comment on column check_results.category is 'conformance, completeness or plausibility (Kahn 2016).';
comment on column check_results.status is 'not applicable = nothing to examine.';
comment on column check_results.violations is 'Rows that break it.';
comment on column check_results.examined is 'Rows it looked at.';

create table generation_info (
    generation varchar not null,
    schema_version integer not null,
    as_of date,
    oldest_source varchar,
    is_synthetic boolean not null,
    timepoints varchar not null,
    code_version varchar not null
);
comment on table generation_info is 'One row: what this generation is.';
comment on column generation_info.generation is 'Hash of everything it was made from.';
comment on column generation_info.schema_version is 'Shape of these tables; other code asks for a rebuild.';
comment on column generation_info.as_of is 'Data to: the latest date of the source that reaches least far; null = no procedures.';
comment on column generation_info.oldest_source is 'That source.';
comment on column generation_info.is_synthetic is 'True when the records are invented.';
comment on column generation_info.timepoints is 'Windows in force when it was built, as JSON.';
comment on column generation_info.code_version is 'Hash of the code that built it.';
