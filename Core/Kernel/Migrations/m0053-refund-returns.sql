-- A refund that succeeded may come back: the provider's word counts by its version, so that an
-- older one that arrives late changes nothing.
alter table refund add column version bigint not null default 0 check (version >= 0);
