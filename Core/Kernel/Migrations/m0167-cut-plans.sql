-- Whether a plan of payouts stopped at its most lines, so that more waits for the next plan.
alter table payout_plan add column is_cut boolean not null default false;
