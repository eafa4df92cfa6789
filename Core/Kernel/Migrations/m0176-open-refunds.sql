-- The back office lists refunds that are under way, the newest first.
create index refund_open_newest on refund (id) where state in ('pending', 'unknown');
