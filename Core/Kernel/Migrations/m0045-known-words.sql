-- A word that begins others is looked up as those others, one by one: an index joins whole words
-- many times faster than a prefix, whose matches it must collect first. So every word of titles,
-- tags and types is known, also those that hold digits or a hyphen; numbers alone stay out.
create or replace function listing_document_refresh() returns trigger language plpgsql as $$
declare
    title tsvector := to_tsvector('simple', unaccent(new.title));
    tags tsvector := to_tsvector('simple', unaccent(array_to_string(new.tags, ' ')));
    kind tsvector := to_tsvector('simple', unaccent(new.product_type));
begin
    new.document := setweight(title, 'A')
        || setweight(to_tsvector('english', unaccent(new.title)), 'A')
        || setweight(tags, 'B')
        || setweight(kind, 'B')
        || setweight(to_tsvector('english', unaccent(left(new.description, 4000))), 'C');
    -- in order, so that two imports meet on the same words one after the other
    insert into search_word (word)
    select words.lexeme from unnest(title || tags || kind) words
    where length(words.lexeme) between 3 and 40 and words.lexeme ~ '[[:alpha:]]'
        and not exists (select from search_word known where known.word = words.lexeme)
    order by words.lexeme
    on conflict do nothing;
    return new;
end $$;

insert into search_word (word)
select distinct words.lexeme
from listing l, unnest(to_tsvector('simple', unaccent(
    l.title || ' ' || array_to_string(l.tags, ' ') || ' ' || l.product_type))) words
where length(words.lexeme) between 3 and 40 and words.lexeme ~ '[[:alpha:]]'
on conflict do nothing;

-- What a search means: each word is in the document, or has its stem there, or begins a word of
-- its title, tags or type; a word that begins nothing that is known may also be the known word
-- that it looks most like. Null for no words. As in m0014, but for the beginnings.
create or replace function search_query(typed text) returns tsquery language plpgsql stable as $$
declare
    -- more words than this, and the prefix is cheaper after all
    words_max constant integer := 32;
    result tsquery;
    term tsquery;
    typed_word text;
    stem text[];
    known text[];
    near text;
begin
    for typed_word in
        select m[1] from regexp_matches(lower(unaccent(typed)), '[[:alnum:]]{1,40}', 'g') m limit 8
    loop
        stem := ts_lexize('english_stem', typed_word);
        continue when stem = '{}';
        -- chr(1114111) is behind every letter
        known := array(
            select word from search_word
            where word >= typed_word and word < typed_word || chr(1114111)
            order by word limit words_max + 1);
        if known = '{}' and length(typed_word) >= 3 then
            select word into near from search_word
            where word % typed_word
            order by similarity(word, typed_word) desc, word limit 1;
            if found then
                known := near || ts_lexize('english_stem', near);
            end if;
        end if;
        select string_agg(distinct
            '''' || replace(replace(word, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery
        into term from unnest(known || typed_word || stem) word;
        -- Words with digits are not all known.
        if cardinality(known) > words_max or typed_word ~ '[[:digit:]]' then
            term := (quote_literal(typed_word) || ':*')::tsquery || term;
        end if;
        result := case when result is null then term else result && term end;
    end loop;
    return result;
end $$;
