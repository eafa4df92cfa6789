-- Makers' names while somebody types: those with a word that begins so, or looks like it.
create index seller_name_trigrams on seller using gin (lower(name) gin_trgm_ops)
    where state = 'verified';
-- What is narrowed down by kind and by words of its maker.
create index listing_kind on listing (product_type, id desc) where for_sale and product_type <> '';
create index listing_tags on listing using gin (tags) where for_sale;
