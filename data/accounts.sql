-- Who may sign in, who is signed in, and what was done or refused. Times are seconds since 1970; secrets are hashes.

create table if not exists account (
    name text primary key,
    way text not null check (way in ('accounts', 'oidc', 'proxy')),
    role text not null,
    -- a list in JSON; null = all sites
    sites text,
    -- argon2id; null = signs in elsewhere
    password text,
    is_disabled integer not null default 0
);

-- Whose results an account of the role operator sees: operators as the records name them.
create table if not exists account_operator (
    name text not null references account (name) on delete cascade,
    operator text not null,
    primary key (name, operator)
);

-- Codes of an authenticator app. The secret is kept as it is: the app must make the same codes from it.
create table if not exists second_factor (
    name text primary key references account (name) on delete cascade,
    -- base 32
    secret text not null,
    -- the latest half minute whose code was used: none is good twice
    last_step integer not null default 0
);

create table if not exists session (
    token_hash text primary key,
    name text not null references account (name) on delete cascade,
    started_at real not null,
    seen_at real not null,
    -- the latest end, whatever happens
    ends_at real not null
);

-- How an identity provider calls the person and its own sign-in, for when it ends them.
create table if not exists provider_session (
    token_hash text primary key references session (token_hash) on delete cascade,
    subject text not null,
    -- empty where the provider does not say
    provider_session text not null
);

-- A sign-in that has gone to the identity provider and not come back.
create table if not exists journey (
    state_hash text primary key,
    browser_hash text not null,
    verifier text not null,
    nonce text not null,
    started_at real not null
);

-- A browser in which somebody signed in with a password: guesses made elsewhere do not make it wait.
create table if not exists browser (
    token_hash text primary key,
    name text not null references account (name) on delete cascade,
    since real not null
);

create table if not exists wrong_password (
    -- a hash of the name that was tried, of the browser or of the address it came from
    key text not null,
    at real not null
);

create index if not exists wrong_password_by_key on wrong_password (key, at);

create table if not exists audit (
    id integer primary key autoincrement,
    at text not null,
    person text not null,
    action text not null,
    subject text not null,
    result text not null,
    address text not null,
    -- sha256 over this row and the chain of the row before
    chain text not null
);

create trigger if not exists audit_is_never_changed before update on audit
begin
    select raise(abort, 'the audit is never changed');
end;

create trigger if not exists audit_is_never_removed before delete on audit
begin
    select raise(abort, 'the audit is never shortened');
end;
