-- What went on from a seller's account at a provider to the seller's bank, as the provider tells it.
-- No ledger entry belongs to it: what the market owed was paid when it came into the account.
create table bank_payout (
    id uuid primary key,
    account_id uuid not null references payout_account,
    -- the account's, so that a shop's list reads its own rows only
    seller_id uuid not null references seller,
    -- the provider's id
    reference text not null check (length(reference) between 1 and 255),
    status text not null check (status in ('pending', 'in_transit', 'paid', 'failed', 'canceled')),
    currency currency_code not null,
    -- below zero: the provider took from the bank what the account owed
    amount minor_units not null check (amount <> 0),
    failure_code text check (length(failure_code) <= 200),
    failure text check (length(failure) <= 1000),
    arrives_at timestamptz,
    -- by the provider's clock
    made_at timestamptz not null,
    -- of the newest snapshot: an older one changes nothing
    version bigint not null,
    changed_at timestamptz not null default now(),
    constraint bank_payout_reference unique (account_id, reference),
    check (status = 'failed' or (failure_code is null and failure is null))
);
create index bank_payout_seller on bank_payout (seller_id, made_at desc, id desc);
create index bank_payout_newest on bank_payout (made_at desc, id desc);
create index bank_payout_failed on bank_payout (made_at desc, id desc) where status = 'failed';
create index bank_payout_open on bank_payout (account_id, made_at)
    where status in ('pending', 'in_transit');
-- whether the bank took something since one failed
create index bank_payout_paid on bank_payout (account_id, currency, made_at)
    where status = 'paid';

create function bank_payout_goes_forward() returns trigger language plpgsql as $$
begin
    if new.id <> old.id or new.account_id <> old.account_id or new.seller_id <> old.seller_id
        or new.reference <> old.reference or new.currency <> old.currency
        or new.amount <> old.amount or new.version <= old.version
    then
        raise exception 'bank payout % only goes forward', old.id
            using errcode = '23514', constraint = 'bank_payout_goes_forward';
    end if;
    return new;
end $$;
create trigger bank_payout_goes_forward before update on bank_payout
    for each row execute function bank_payout_goes_forward();
create trigger bank_payout_kept before delete on bank_payout
    for each row execute function refuse_change();

-- When the provider was last asked what it paid out of an account, and up to when all that was made
-- is known.
alter table payout_account
    add column payouts_asked_at timestamptz not null default '-infinity',
    add column payouts_known_until timestamptz;
create index payout_account_to_ask on payout_account (instance_id, payouts_asked_at)
    where reference is not null;
