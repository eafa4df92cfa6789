-- A seller's account at a provider that pays sellers there: at Stripe a connected account. The row
-- is written before the provider is asked to open it, and its id is the call's key, so that a
-- seller has one account at an instance however often the call is made.
create table payout_account (
    id uuid primary key,
    seller_id uuid not null references seller,
    instance_id uuid not null references provider_instance,
    -- the provider's id; null until it is known to be open
    reference text check (length(reference) between 1 and 255),
    -- money may be transferred to it
    is_ready boolean not null default false,
    is_submitted boolean not null default false,
    -- what the provider still asks for, the overdue first: code, words, isOverdue
    requirements jsonb not null default '[]' check (jsonb_typeof(requirements) = 'array'),
    -- why the provider holds it back, for the seller
    restriction text check (length(restriction) <= 500),
    -- by the clock of whoever asked: what is older never overwrites what is newer
    as_of timestamptz,
    created_at timestamptz not null default now(),
    constraint payout_account_once unique (seller_id, instance_id),
    constraint payout_account_reference unique (instance_id, reference),
    check (reference is not null or not is_ready)
);

-- Where money goes is never changed in silence: not the account, nor whose it is.
create function payout_account_stays() returns trigger language plpgsql as $$
begin
    if new.id <> old.id or new.seller_id <> old.seller_id or new.instance_id <> old.instance_id
        or (old.reference is not null and new.reference is distinct from old.reference)
    then
        raise exception 'the account % stays its seller''s', old.id
            using errcode = '23514', constraint = 'payout_account_stays';
    end if;
    return new;
end $$;
create trigger payout_account_stays before update on payout_account
    for each row execute function payout_account_stays();
create trigger payout_account_kept before delete on payout_account
    for each row execute function refuse_change();
