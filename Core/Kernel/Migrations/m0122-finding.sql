-- The back office finds anything by what somebody has in front of them.
create index listing_title_trigrams on listing using gin (lower(title) gin_trgm_ops);
create index dispute_by_reference on dispute (reference);
