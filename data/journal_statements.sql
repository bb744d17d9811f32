-- What is asked of the journal, and written to it. Its tables: journal.sql.

-- name: add_event
insert into event (at, author, kind, subject, payload, supersedes) values (?, ?, ?, ?, ?, ?);

-- name: add_words
insert into free_text (event_id, words) values (?, ?);

-- name: last_payload
select payload from event where kind = ? order by id desc limit 1;

-- name: end_of_kind
select
    count(*),
    (select payload from event where kind = $kind order by id desc limit 1)
from event
where kind = $kind;

-- name: events
select id, at, author, kind, subject, payload, supersedes, words
from event left join free_text on id = event_id
where ? is null or kind = ?
order by id desc
limit ?;

-- name: delete_words
delete from free_text where event_id = ?;
