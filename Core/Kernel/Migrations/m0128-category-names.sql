-- What a category is called in other languages than English, by their codes; where one is missing
-- its English name is shown.
alter table category
    add column names jsonb not null default '{}'
    constraint category_names check (jsonb_typeof(names) = 'object');
