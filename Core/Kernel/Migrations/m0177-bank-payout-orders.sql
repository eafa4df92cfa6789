-- An administrator asks for money of a seller's account at a provider to be sent to the seller's bank.
-- It is written down with its reason before the provider is asked, and looked up until the answer is
-- known. What becomes of it at the bank stands in bank_payout, under the same reference.
create table bank_payout_order (
    id uuid primary key,
    account_id uuid not null references payout_account,
    currency currency_code not null,
    amount minor_units not null check (amount > 0),
    reason text not null check (length(reason) between 3 and 500),
    -- intent: not asked yet; sent: asked; unknown: no answer, to be looked up
    state text not null default 'intent'
        check (state in ('intent', 'sent', 'unknown', 'done', 'failed')),
    -- the provider's own id of the payout
    reference text check (length(reference) between 1 and 255),
    -- why the provider refused
    failure text check (length(failure) <= 500),
    tries integer not null default 0 check (tries >= 0),
    -- when its provider was last asked and did not answer
    in_doubt_at timestamptz,
    requested_by uuid references account,
    requested_at timestamptz not null default market_now(),
    settled_at timestamptz,
    check ((state in ('done', 'failed')) = (settled_at is not null)),
    check ((state = 'done') = (reference is not null))
);
-- what an account holds of a currency is asked for by one at a time
create unique index bank_payout_order_once on bank_payout_order (account_id, currency)
    where state in ('intent', 'sent', 'unknown');
create index bank_payout_order_account on bank_payout_order (account_id, id desc);
create index bank_payout_order_open on bank_payout_order (id)
    where state in ('intent', 'sent', 'unknown');
create index bank_payout_order_by on bank_payout_order (requested_by);
