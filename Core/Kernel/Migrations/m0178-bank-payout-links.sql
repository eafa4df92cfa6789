-- The payout that one below zero takes back, by the provider's id, and when the provider said so; nil
-- in `reverses` with a time says that it takes none back.
alter table bank_payout
    add column reverses text check (length(reverses) between 1 and 255),
    add column linked_at timestamptz,
    add constraint bank_payout_link check (reverses is null or (linked_at is not null and amount < 0));
create index bank_payout_reverses on bank_payout (account_id, reverses) where reverses is not null;

create or replace function bank_payout_goes_forward() returns trigger language plpgsql as $$
begin
    if new.id <> old.id or new.account_id <> old.account_id or new.seller_id <> old.seller_id
        or new.reference <> old.reference or new.currency <> old.currency
        or new.amount <> old.amount or new.version < old.version
        -- what is linked is not news of the payout itself
        or (new.version = old.version and (old.linked_at is not null or new.linked_at is null))
        or (old.reverses is not null and new.reverses is distinct from old.reverses)
    then
        raise exception 'bank payout % only goes forward', old.id
            using errcode = '23514', constraint = 'bank_payout_goes_forward';
    end if;
    return new;
end $$;

-- Payouts of an account that its module can make nothing of, such as in a state that it does not
-- know: a person looks at them at the provider, until they can be read.
create table bank_payout_unread (
    account_id uuid not null references payout_account,
    -- the provider's id
    reference text not null check (length(reference) between 1 and 255),
    first_seen_at timestamptz not null default now(),
    primary key (account_id, reference)
);
create index bank_payout_unread_newest
    on bank_payout_unread (first_seen_at desc, account_id desc, reference desc);
