-- Photos that customers add to what they say of a thing, in their order.
create table review_photo (
    review_id uuid not null references review on delete cascade,
    position smallint not null check (position > 0),
    content_hash bytea not null references media,
    primary key (review_id, position)
);
-- Whether anybody else shows a photo is asked when a person's data are erased.
create index media_rendition_file on media_rendition (content_hash);
create index review_photo_hash on review_photo (content_hash);
