-- Things that customers have rated, newest first: a list of the well rated looks at no others.
create index listing_rated on listing (id desc) where for_sale and rating_count > 0;
