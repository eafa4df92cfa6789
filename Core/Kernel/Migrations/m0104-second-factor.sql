-- What somebody signs in with beside the password: an app that shows a code which changes.
create table second_factor (
    account_id uuid primary key references account on delete cascade,
    -- AES-256-GCM under a key that is not in the database, bound to the account
    secret bytea not null,
    key_id text not null,
    -- null until a first code has shown that the app has the secret
    confirmed_at timestamptz,
    -- the time step of the last code that was taken: no code opens twice
    last_step bigint not null default 0,
    -- wrong codes in a row, and until when none is looked at
    failures integer not null default 0 check (failures >= 0),
    locked_until timestamptz,
    created_at timestamptz not null default now()
);
create index second_factor_key on second_factor (key_id);

-- What opens once when the app is lost; only hashes, of 80 random bits each.
create table recovery_code (
    account_id uuid not null references second_factor on delete cascade,
    code_hash bytea not null,
    used_at timestamptz,
    primary key (account_id, code_hash)
);
