-- An administrator takes a payout back out of the seller's account at its provider. It is written
-- down with its reason before the provider is asked, and looked up until the answer is known.
create table payout_reversal (
    id uuid primary key,
    payout_id uuid not null references payout,
    reason text not null check (length(reason) between 3 and 500),
    -- intent: not asked yet; sent: asked; unknown: no answer, to be looked up
    state text not null default 'intent'
        check (state in ('intent', 'sent', 'unknown', 'done', 'failed')),
    -- the provider's own id of it
    reference text check (length(reference) between 1 and 255),
    -- why the provider refused
    failure text,
    tries integer not null default 0,
    requested_by uuid references account,
    requested_at timestamptz not null default market_now(),
    settled_at timestamptz,
    check ((state in ('done', 'failed')) = (settled_at is not null))
);
-- one that failed may be tried again
create unique index payout_reversal_once on payout_reversal (payout_id) where state <> 'failed';
create index payout_reversal_payout on payout_reversal (payout_id, id desc);
create index payout_reversal_open on payout_reversal (id) where state in ('intent', 'sent', 'unknown');
create index payout_reversal_account on payout_reversal (requested_by);
