-- whether an open plan speaks of a wallet
create index payout_plan_line_wallet on payout_plan_line (wallet_id, currency)
    where outcome = 'pays';
-- the back office's lists by state
create index payout_state on payout (state, id desc);
