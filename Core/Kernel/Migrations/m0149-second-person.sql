-- What one administrator asked for and a second one has to ask for too, before it is done.
create table second_person (
    -- what it is about: `payout-limit:EUR`, `payout:` and an id
    subject text primary key check (length(subject) between 1 and 100),
    -- what is to be done, word for word
    wish text not null check (length(wish) between 1 and 300),
    reason text not null check (length(reason) between 1 and 500),
    asked_by uuid not null references account,
    asked_at timestamptz not null default market_now()
);
create index second_person_account on second_person (asked_by);

-- When a provider or a bank said of a payout that had failed that it was paid: its money had been
-- made available again by then, and a person has to set it right.
alter table payout add column contradicted_at timestamptz;
create index payout_contradicted on payout (seller_id)
    where state = 'failed' and contradicted_at is not null;
