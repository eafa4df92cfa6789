-- An address that was asked into a shop: whoever signs in with it and has the link belongs to it.
create table team_invitation (
    id uuid primary key,
    seller_id uuid not null references seller,
    -- in lower case
    email text not null,
    role text not null
        check (role in ('owner', 'catalogue', 'orders', 'finance', 'support')),
    created_by uuid not null references account,
    created_at timestamptz not null default now(),
    -- SHA-256 of the token in the newest link; those before open nothing
    token_hash bytea not null,
    -- links sent, the newest at
    sends int not null default 1 check (sends > 0),
    sent_at timestamptz not null default now(),
    expires_at timestamptz not null,
    -- when it was taken up or back; null while it is open
    ended_at timestamptz,
    -- who took it up
    used_by uuid references account,
    constraint team_invitation_token_key unique (token_hash),
    check (used_by is null or ended_at is not null)
);
create unique index team_invitation_open on team_invitation (seller_id, email)
    where ended_at is null;
create index team_invitation_seller on team_invitation (seller_id, created_at desc);
create index team_invitation_letters on team_invitation (email, sent_at desc);
create index team_invitation_age on team_invitation (coalesce(ended_at, expires_at));
create index team_invitation_user on team_invitation (used_by) where used_by is not null;
