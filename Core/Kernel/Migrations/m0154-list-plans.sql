-- How much each branch of the tree holds, which the indexes on these do not tell the planner: it
-- took any branch for a two hundredth of all, and sorted whole branches for their newest things.
create statistics listing_branch_1 on (category_path[1]) from listing;
create statistics listing_branch_2 on (category_path[2]) from listing;
create statistics listing_branch_3 on (category_path[3]) from listing;
analyze listing;

-- Has a prepared statement planned anew for its values, written as `($1 or planned_anew(id))` where
-- $1 is true. Planned for a value, that is nothing; in a plan that would be kept for all values it
-- is so dear that PostgreSQL never keeps one. Never called, hence.
create function planned_anew(uuid) returns boolean
language plpgsql immutable cost 1000000000 as $$ begin return true; end $$;
