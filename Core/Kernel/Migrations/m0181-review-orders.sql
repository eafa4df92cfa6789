-- Reviews of a thing by their stars, and those with photos apart.
alter table review add column has_photos boolean not null default false;
update review r set has_photos = true
where exists (select from review_photo p where p.review_id = r.id);
create index review_best on review (listing_id, stars desc, id desc) where state = 'published';
create index review_worst on review (listing_id, stars, id desc) where state = 'published';
create index review_pictured on review (listing_id, id desc)
    where state = 'published' and has_photos;
