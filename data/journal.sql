-- What people write in the app and what loads report about themselves. Append-only: a load never rewrites it.

create table if not exists event (
    id integer primary key autoincrement,
    at text not null,
    author text not null,
    kind text not null,
    subject text not null,
    payload text not null,
    supersedes integer references event (id)
);

create table if not exists free_text (
    event_id integer primary key references event (id),
    words text not null
);

create trigger if not exists event_is_never_changed before update on event
begin
    select raise(abort, 'events are never changed');
end;

create trigger if not exists event_is_never_removed before delete on event
begin
    select raise(abort, 'events are never removed');
end;
