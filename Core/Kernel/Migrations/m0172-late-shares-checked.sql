-- Of rows from before it: reads them, and keeps nobody from writing.
alter table payment_share validate constraint payment_share_bounds;
