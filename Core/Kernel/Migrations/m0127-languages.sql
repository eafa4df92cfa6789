-- In which language people are written. Nobody's is known before they said or showed it.
alter table account
    add column language text,
    add column language_at timestamptz,
    add constraint account_language check (
        language in ('en', 'de', 'fr') and language_at is not null
        or language is null and language_at is null) not valid;

-- What the customer read when they bought: guests have no account to keep it with.
alter table purchase
    add column language text,
    add constraint purchase_language check (language in ('en', 'de', 'fr')) not valid;
