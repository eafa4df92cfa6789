-- How often what an order gives back for a dispute was changed: each change's key in the ledger has
-- its number, since refunds that end can bring the same amount back again.
alter table dispute_order add column moves integer not null default 0;
