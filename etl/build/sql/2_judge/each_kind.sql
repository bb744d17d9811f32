-- What is asked of every kind of record in turn, by name: see versions_and_rules.py.
-- `of_kind` is the name of the kind, `sender_number` the column of its sender's number.

-- name: copy_rows
create or replace temp table known_of_kind as
from read_of_kind;

-- name: define_typed_rows
create or replace temp view typed_of_kind as
select
    known.*,
    files.source,
    files.zone,
    files.received_on
from rows_of_kind as known
inner join files on known.source_file_id = files.source_file_id;

-- name: list_rejected_rows
create or replace temp table gone_of_kind as
select
    source_file_id,
    source_row,
    place
from rejects
where kind = 'of_kind';

-- name: list_rows_not_in_force
create or replace temp table gone_of_kind as
select
    source_file_id,
    source_row,
    place
from rejects
where kind = 'of_kind'
union all
select
    source_file_id,
    source_row,
    place
from version_fates
where fate <> 'rejected';

-- name: define_live_rows
create or replace temp view live_of_kind as
select typed.*
from typed_of_kind as typed
anti join gone_of_kind as gone
    on typed.source_file_id = gone.source_file_id and typed.source_row = gone.source_row and typed.place = gone.place;

-- name: define_all_rows_live
create or replace temp view live_of_kind as
from typed_of_kind;

-- name: take_as_counted
create or replace temp view counted_procedures as
from live_procedures;

-- name: holding_rows
select
    source_file_id,
    source_row
from records_of_kind
where not is_cell;

-- name: holding_lines
select
    source_file_id,
    source_row
from live_session_lines;

-- name: drop_cells
delete from known_of_kind
where is_cell and (source_file_id, source_row) not in (select (source_file_id, source_row) from (holding_rows));

-- name: list_cells_of_the_dead
insert into gone_of_kind
select
    source_file_id,
    source_row,
    place
from live_of_kind
where is_cell and (source_file_id, source_row) not in (select (source_file_id, source_row) from (holding_rows));

-- name: scores_with_deaths
select
    typed_pain_scores.*,
    coalesce(patient_facts.died_on, person_deaths.died_on) as patient_died_on
from typed_pain_scores
left join patient_facts
    on
        typed_pain_scores.source = patient_facts.source
        and typed_pain_scores.patient_id = patient_facts.patient_id
left join person_deaths
    on
        typed_pain_scores.source = person_deaths.source
        and typed_pain_scores.patient_id = person_deaths.patient_id;

-- name: list_holders
create or replace temp table holders as
with bad as (
    select
        source_file_id,
        source_row,
        place,
        scope
    from rejects
    where kind = 'of_kind'
)

select
    facts.source_file_id,
    facts.source_row,
    min(facts.place) as place
from known_of_kind as facts
anti join bad
    on
        facts.source_file_id = bad.source_file_id
        and facts.source_row = bad.source_row
        and facts.place = bad.place
semi join bad as heads
    on
        facts.source_file_id = heads.source_file_id
        and facts.source_row = heads.source_row
        and heads.scope = 'row'
where facts.is_cell
group by facts.source_file_id, facts.source_row;

-- name: reject_the_cell_only
update rejects
set scope = 'cell'
from holders
where
    kind = 'of_kind' and scope = 'row'
    and rejects.source_file_id = holders.source_file_id and rejects.source_row = holders.source_row;

-- name: let_holders_hold
update known_of_kind
set is_cell = false
from holders
where
    known_of_kind.source_file_id = holders.source_file_id and known_of_kind.source_row = holders.source_row
    and known_of_kind.place = holders.place;

-- name: define_passed_rows
create or replace temp view passed as
with rejected as (
    select
        source_file_id,
        source_row,
        place
    from rejects
    where kind = 'of_kind'
)

select
    typed.source_file_id,
    typed.source_row,
    typed.source_line,
    typed.place,
    typed.is_cell,
    typed.source,
    typed.sender_number as number,
    hash(typed.source, typed.sender_number) as number_hash,
    typed.updated_utc,
    typed.is_withdrawn,
    typed.is_void,
    typed.content
from typed_of_kind as typed
anti join rejected
    on
        typed.source_file_id = rejected.source_file_id
        and typed.source_row = rejected.source_row
        and typed.place = rejected.place;

-- name: withdraw_absent_rows
insert into version_fates
select
    source_file_id,
    source_row,
    source_line,
    place,
    is_cell,
    'superseded' as fate,
    'withdrawn' as reason
from absent;

-- name: reject_by_version
insert into rejects
select
    'of_kind' as kind,
    source_file_id,
    source_row,
    source_line,
    place,
    case reason when 'status_not_loaded' then 'record_status' else 'sender_number' end as field,
    reason,
    case when is_cell then 'cell' else 'row' end as scope
from version_fates
where fate = 'rejected';

-- name: list_replaced_rows
insert into replaced
select
    source_file_id,
    source_row,
    source_line,
    fate,
    reason
from version_fates
where fate <> 'rejected' and not is_cell;

-- name: set_other_measures_aside
update rejects
set rule = record_status, field = null
from typed_procedures as typed
where
    rejects.kind = 'procedures' and rule = 'status_not_loaded' and record_status = 'other_measure'
    and rejects.source_file_id = typed.source_file_id and rejects.source_row = typed.source_row
    and rejects.place = typed.place;

-- name: reject_by_rules
insert into rejects
with broken as (
    select
        source_file_id,
        source_row,
        source_line,
        place,
        is_cell,
        first_reject as broken
    from judged_rows
)

select
    'of_kind' as kind,
    source_file_id,
    source_row,
    source_line,
    broken.place,
    field,
    rule,
    case when is_cell then 'cell' else 'row' end as scope
from broken
inner join rule_book as book on broken.broken = book.place;

-- name: warn_by_rules
insert into row_warnings
with remarked as (
    select
        *,
        all_warnings as remarks
    from live_of_kind
)

select
    source_file_id,
    source_row,
    source_line,
    field,
    rule,
    case when is_cell then 'cell' else 'row' end as scope
from remarked
inner join rule_book as book on remarked.remarks & (cast(1 as hugeint) << book.place) <> 0
where remarked.remarks <> 0
order by book.place, source_file_id, source_row, remarked.place;
