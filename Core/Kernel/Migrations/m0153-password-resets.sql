-- A link that was sent to the address of an account: whoever opens it chooses a new password.
create table password_reset (
    id uuid primary key,
    account_id uuid not null references account,
    -- SHA-256 of the token in the link
    token_hash bytea not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint password_reset_token_key unique (token_hash)
);
create index password_reset_account on password_reset (account_id, created_at desc);
create index password_reset_age on password_reset (created_at);
