-- A catalogue that a shop has looked at and may import with one click: the file as it was sent. One
-- of each shop, for an hour. All that is lost with it is a click, so no log is written of it: a
-- crash of the server empties it.
create unlogged table kept_import (
    seller_id uuid primary key references seller,
    id uuid not null,
    currency text not null,
    file bytea not null,
    -- of the file and its pictures
    bytes bigint not null,
    expires_at timestamptz not null,
    -- somebody has clicked, and it is being imported
    taken_at timestamptz
);
create index kept_import_expiry on kept_import (expires_at);

-- The pictures that came with it.
create unlogged table kept_import_picture (
    seller_id uuid not null references kept_import on delete cascade,
    position int not null,
    -- as the file names it, in UTF-8
    name bytea not null,
    content bytea not null,
    primary key (seller_id, position)
);
-- Pictures are compressed already.
alter table kept_import_picture alter column content set storage external;
