-- What people do not want e-mail of; everything that is not here they get.
create table mail_refusal (
    account_id uuid not null references account on delete cascade,
    subject text not null check (subject in ('parcels', 'new-orders', 'payouts')),
    primary key (account_id, subject)
);
