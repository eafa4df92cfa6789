-- When a listing was changed last, for search engines, which need not read what did not change.
-- Of one that has not changed since this column came, its publication tells.
alter table listing add column changed_at timestamptz;

create function listing_changed() returns trigger language plpgsql as $$
begin
    new.changed_at := now();
    return new;
end
$$;
create trigger listing_changed before update on listing
    for each row when (new.version <> old.version) execute function listing_changed();
