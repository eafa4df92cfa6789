-- A link that was sent to the address of a guest's purchase: whoever opens it, signed in, has the
-- purchase in their account.
create table purchase_claim (
    id uuid primary key,
    purchase_id uuid not null references purchase,
    -- where it was sent; the purchase has to be of this address still
    email text not null check (length(email) between 3 and 254),
    -- SHA-256 of the token in the link
    token_hash bytea not null,
    expires_at timestamptz not null,
    used_at timestamptz,
    used_by uuid references account,
    created_at timestamptz not null default now(),
    constraint purchase_claim_token_key unique (token_hash),
    check ((used_at is null) = (used_by is null))
);
create index purchase_claim_purchase on purchase_claim (purchase_id, created_at desc);
create index purchase_claim_age on purchase_claim (created_at);
create index purchase_claim_used_by on purchase_claim (used_by) where used_by is not null;
