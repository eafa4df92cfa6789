-- What is asked of things: what they are made of, how high they are. The operator's own. What is
-- asked in a category is asked in all below it; what names no category is asked of everything.
create table attribute (
    id uuid primary key,
    category_id uuid references category,
    -- what addresses, files and programs call it
    handle text not null check (handle ~ '^[a-z0-9](-?[a-z0-9]){0,39}$'),
    name text not null check (length(name) between 1 and 80),
    names jsonb not null default '{}'
        constraint attribute_names check (jsonb_typeof(names) = 'object'),
    -- choice: some of its values; flag: its value yes or its value no; number: a whole one
    kind text not null check (kind in ('choice', 'flag', 'number')),
    unit text check (length(unit) between 1 and 12),
    least integer,
    most integer,
    -- whether lists are narrowed by it
    is_facet boolean not null,
    position integer not null check (position between 0 and 10000),
    -- since when nobody is asked; what was answered is kept and not shown
    retired_at timestamptz,
    created_at timestamptz not null default now(),
    constraint attribute_handle_key unique (handle),
    constraint attribute_kind_key unique (id, kind),
    constraint attribute_bounds check (
        num_nonnulls(least, most) = case when kind = 'number' then 2 else 0 end
        and least between 0 and most and most <= 1000000),
    constraint attribute_unit check (unit is null or kind = 'number')
);
create index attribute_category on attribute (category_id);

create table attribute_value (
    id uuid primary key,
    attribute_id uuid not null,
    kind text not null check (kind <> 'number'),
    handle text not null check (handle ~ '^[a-z0-9](-?[a-z0-9]){0,39}$'),
    name text not null check (length(name) between 1 and 80),
    names jsonb not null default '{}'
        constraint attribute_value_names check (jsonb_typeof(names) = 'object'),
    position integer not null check (position between 0 and 10000),
    retired_at timestamptz,
    constraint attribute_value_handle_key unique (attribute_id, handle),
    constraint attribute_value_attribute_key unique (attribute_id, id),
    constraint attribute_value_kind_fkey foreign key (attribute_id, kind)
        references attribute (id, kind)
);

-- What is said of a thing: of a choice some values, of anything else one.
create table listing_attribute (
    listing_id uuid not null references listing on delete cascade,
    attribute_id uuid not null,
    kind text not null,
    value_id uuid,
    number integer,
    constraint listing_attribute_kind_fkey foreign key (attribute_id, kind)
        references attribute (id, kind),
    constraint listing_attribute_value_fkey foreign key (attribute_id, value_id)
        references attribute_value (attribute_id, id),
    constraint listing_attribute_shape check (
        (kind = 'number') = (number is not null) and (kind = 'number') = (value_id is null))
);
create unique index listing_attribute_value_key
    on listing_attribute (listing_id, attribute_id, value_id);
create unique index listing_attribute_one on listing_attribute (listing_id, attribute_id)
    where kind <> 'choice';
-- Who has it, and how many of them have which.
create index listing_attribute_used on listing_attribute (attribute_id, value_id);
create index listing_attribute_number on listing_attribute (attribute_id, number, listing_id)
    where number is not null;

-- What attributes say of the thing, as `material:stoneware` and `height:24`: what lists are
-- narrowed by, and counted.
alter table listing add column terms text[] not null default '{}';
-- so that the planner knows rare ones, and finds them by this index and not by walking a list
alter table listing alter column terms set statistics 500;
create index listing_terms on listing using gin (terms) where for_sale;

-- What is said of a thing is asked in its category, and within the attribute's bounds.
create function listing_attribute_fits() returns trigger language plpgsql as $$
declare
    asked attribute;
begin
    -- both wait for whoever changes them just now
    select * into asked from attribute where id = new.attribute_id for share;
    perform from listing where id = new.listing_id
        and (asked.category_id is null or asked.category_id = any (category_path)) for share;
    if not found then
        raise exception 'this is not asked in the category of the listing'
            using errcode = '23514', constraint = 'listing_attribute_category';
    end if;
    if new.number not between asked.least and asked.most then
        raise exception 'the number is out of bounds'
            using errcode = '23514', constraint = 'listing_attribute_number';
    end if;
    return new;
end $$;
create trigger listing_attribute_fits before insert or update on listing_attribute
    for each row execute function listing_attribute_fits();

-- A thing that comes into another category keeps what is asked there, too.
create function listing_attributes_leave() returns trigger language plpgsql as $$
begin
    delete from listing_attribute said using attribute asked
    where said.listing_id = new.id and asked.id = said.attribute_id
        and asked.category_id is not null and asked.category_id <> all (new.category_path);
    return null;
end $$;
create trigger listing_attributes_leave after update of category_path on listing
    for each row when (old.category_path is distinct from new.category_path)
    execute function listing_attributes_leave();

create function listing_terms_refresh() returns trigger language plpgsql as $$
begin
    update listing l set version = version + 1, terms = coalesce((
        select array_agg(term order by term) from (
            select asked.handle || ':' || coalesce(chosen.handle, said.number::text) as term
            from listing_attribute said join attribute asked on asked.id = said.attribute_id
            left join attribute_value chosen on chosen.id = said.value_id
            where said.listing_id = l.id
        ) terms), '{}')
    where l.id in (select listing_id from touched);
    return null;
end $$;
create trigger listing_terms_insert after insert on listing_attribute
    referencing new table as touched for each statement execute function listing_terms_refresh();
create trigger listing_terms_update after update on listing_attribute
    referencing new table as touched for each statement execute function listing_terms_refresh();
create trigger listing_terms_delete after delete on listing_attribute
    referencing old table as touched for each statement execute function listing_terms_refresh();

-- Addresses, files and what was said rely on these.
create function attribute_stays() returns trigger language plpgsql as $$
begin
    if (old.handle, old.kind) is distinct from (new.handle, new.kind)
        or old.category_id is distinct from new.category_id
    then
        raise exception 'the handle, kind and category of an attribute stay'
            using errcode = '23514', constraint = 'attribute_stays';
    end if;
    if exists (select from listing_attribute
        where attribute_id = new.id and number not between new.least and new.most)
    then
        raise exception 'things have numbers out of these bounds'
            using errcode = '23514', constraint = 'attribute_bounds_used';
    end if;
    return new;
end $$;
create trigger attribute_stays before update on attribute
    for each row execute function attribute_stays();

create function attribute_value_stays() returns trigger language plpgsql as $$
begin
    raise exception 'the handle of a value stays'
        using errcode = '23514', constraint = 'attribute_value_stays';
end $$;
create trigger attribute_value_stays before update on attribute_value
    for each row when ((old.handle, old.attribute_id) is distinct from
        (new.handle, new.attribute_id))
    execute function attribute_value_stays();

create function attribute_notify() returns trigger language plpgsql as $$
begin
    perform pg_notify('attributes', '');
    return null;
end $$;
create trigger attribute_notify after insert or update or delete on attribute
    for each statement execute function attribute_notify();
create trigger attribute_value_notify after insert or update or delete on attribute_value
    for each statement execute function attribute_notify();
