-- When the provider is to be asked next what it paid out of an account, and how often in a row it
-- was asked and no whole answer came: who did not answer is asked again in minutes, not tomorrow.
alter table payout_account rename column payouts_asked_at to payouts_due_at;
alter table payout_account add column payouts_unanswered smallint not null default 0
    check (payouts_unanswered >= 0);
