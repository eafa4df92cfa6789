-- What a process keeps in memory of a listing is wrong as soon as its version or its right to be
-- sold changes; a seller's suspension changes it for each of the seller's listings. Drafts are in
-- nobody's memory, and the sale of one of many changes no version.
create function listing_shown_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('listings', old.id::text);
    return null;
end $$;
create trigger listing_changed_notify after update on listing
    for each row when (old.for_sale
        and (old.version, old.for_sale) is distinct from (new.version, new.for_sale))
    execute function listing_shown_notify();
create trigger listing_gone_notify after delete on listing
    for each row when (old.for_sale)
    execute function listing_shown_notify();

create function category_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('categories', '');
    return null;
end $$;
create trigger category_notify after insert or update or delete on category
    for each statement execute function category_notify();

-- What a search means: each word begins something in the document; a word that begins nothing
-- that is known may also be the known word that it looks most like. Null for no words. As in
-- m0003, but for the stem.
create or replace function search_query(typed text) returns tsquery language plpgsql stable as $$
declare
    result tsquery;
    term tsquery;
    stem tsquery;
    typed_word text;
    near text;
begin
    for typed_word in
        select m[1] from regexp_matches(lower(unaccent(typed)), '[[:alnum:]]{1,40}', 'g') m limit 8
    loop
        continue when ts_lexize('english_stem', typed_word) = '{}';
        term := to_tsquery('simple', quote_literal(typed_word) || ':*');
        stem := plainto_tsquery('english', typed_word);
        -- A stem that is the word itself finds nothing more, and costs as much again.
        if stem <> plainto_tsquery('simple', typed_word) then
            term := term || stem;
        end if;
        if length(typed_word) >= 3 and not exists (
            select from search_word
            where word >= typed_word and word < typed_word || '{')
        then
            select word into near from search_word
            where word % typed_word
            order by similarity(word, typed_word) desc, word limit 1;
            if near is not null then
                term := term || to_tsquery('simple', quote_literal(near) || ':*');
            end if;
        end if;
        result := case when result is null then term else result && term end;
    end loop;
    return result;
end $$;
