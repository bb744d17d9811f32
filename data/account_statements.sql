-- What is asked of the file of accounts, and written to it. Its tables: accounts.sql.

-- name: any_account
select 1 from account limit 1;

-- name: accounts
select name, way, role, sites, password, is_disabled from account order by name;

-- name: account
select name, way, role, sites, password, is_disabled from account where name = ?;

-- name: operators_of
select operator from account_operator where name = ? order by operator;

-- name: save_account
insert into account (name, way, role, sites, password, is_disabled) values (?, ?, ?, ?, ?, ?)
on conflict (name) do update set
    way = excluded.way,
    role = excluded.role,
    sites = excluded.sites,
    password = excluded.password,
    is_disabled = excluded.is_disabled;

-- name: delete_operators
delete from account_operator where name = ?;

-- name: add_operator
insert into account_operator values (?, ?);

-- name: delete_sessions_of
delete from session where name = ?;

-- name: delete_browsers_of
delete from browser where name = ?;

-- name: second_factor
select secret from second_factor where name = ?;

-- name: delete_second_factor
delete from second_factor where name = ?;

-- name: add_second_factor
insert into second_factor (name, secret) values (?, ?);

-- name: use_code_step
update second_factor set last_step = ? where name = ? and last_step < ?;

-- name: delete_sessions_over
delete from session where ends_at < ?;

-- name: add_session
insert into session values (?, ?, ?, ?, ?);

-- name: add_provider_session
insert into provider_session values (?, ?, ?);

-- name: session
select token_hash, started_at, seen_at, ends_at, name, way, role, sites, password, is_disabled
from session join account using (name)
where token_hash = ? and is_disabled = 0;

-- name: sessions
select token_hash from session order by name, started_at;

-- name: see_session
update session set seen_at = ? where token_hash = ?;

-- name: delete_session
delete from session where token_hash = ?;

-- name: sessions_of_provider
select token_hash, name
from provider_session join session using (token_hash)
where ($subject = '' or subject = $subject) and ($session = '' or provider_session = $session);

-- name: delete_journeys_over
delete from journey where started_at < ?;

-- name: add_journey
insert into journey values (?, ?, ?, ?, ?);

-- name: end_journey
delete from journey where state_hash = ? and browser_hash = ? and started_at >= ?
returning verifier, nonce, started_at;

-- name: delete_wrong_passwords_over
delete from wrong_password where at <= ?;

-- name: count_wrong_passwords
select count(*) from wrong_password where key = ?;

-- name: add_wrong_password
insert into wrong_password values (?, ?);

-- name: delete_wrong_passwords
delete from wrong_password where key = ?;

-- name: delete_last_wrong_password
delete from wrong_password where rowid in (select max(rowid) from wrong_password where key = ?);

-- name: delete_browsers_over
delete from browser where since <= ?;

-- name: add_browser
insert into browser values (?, ?, ?);

-- name: known_browser
select 1 from browser where token_hash = ? and name = ? and since > ?;

-- name: last_chain
select chain from audit order by id desc limit 1;

-- name: add_act
insert into audit (at, person, action, subject, result, address, chain) values (?, ?, ?, ?, ?, ?, ?);

-- name: chains
select id, chain from audit order by id;

-- name: acts
select at, person, action, subject, result, address from audit order by id;

-- name: linked_acts
select id, chain, at, person, action, subject, result, address from audit order by id;

-- name: acts_ever_written
-- The file itself counts the rows ever written: one that is gone from the end is missed too.
select coalesce(max(seq), 0) from sqlite_sequence where name = 'audit';
