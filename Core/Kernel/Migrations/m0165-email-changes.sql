-- A link that was sent to the address that an account shall have: whoever opens it makes it so.
create table email_change (
    id uuid primary key,
    account_id uuid not null references account,
    -- the account's when the change was asked for
    old_email text not null,
    new_email text not null,
    -- SHA-256 of the token in the link
    token_hash bytea not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    created_at timestamptz not null default now(),
    constraint email_change_token_key unique (token_hash)
);
create index email_change_account on email_change (account_id, created_at desc);
create index email_change_age on email_change (created_at);
