-- Ratings of a maker by their stars. Fewest first is most of those that are missing first: so both
-- columns descend, and a later page begins within the index, however many have as many stars.
create index seller_rating_best on seller_rating (seller_id, stars desc, id desc)
    where state = 'published';
create index seller_rating_worst on seller_rating (seller_id, (6 - stars) desc, id desc)
    where state = 'published';
create index review_lowest on review (listing_id, (6 - stars) desc, id desc)
    where state = 'published';
drop index review_worst;
