-- What a search means (m0045), and whether so much has it that walking the newest things meets a
-- thousand of them sooner than the index of words collects all. The index spends about 0.1 us on
-- each thing that fits, the walk about 2 us on each that it passes, and of those a share of f fits:
-- the walk wins where f * n * 0.1 > 1000 / f * 2. How much fits, the planner guesses from what
-- ANALYZE knows of words; volatile, because a function that is not may not ask it.
create function search_terms(typed text, out query tsquery, out is_common boolean)
language plpgsql volatile as $$
declare
    dear constant double precision := 20000;
    things double precision;
    plan json;
    fitting double precision;
begin
    query := search_query(typed);
    is_common := false;
    select reltuples into things from pg_class where oid = 'listing'::regclass;
    -- Then not even all would be enough.
    if query is null or things <= dear then
        return;
    end if;
    execute format(
        'explain (format json) select from listing where for_sale and document @@ %L::tsquery',
        query) into plan;
    fitting := plan -> 0 -> 'Plan' ->> 'Plan Rows';
    is_common := fitting * fitting > dear * things;
end $$;
