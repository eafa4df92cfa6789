-- Nobody asks for the order of prices without their currency. By itself: what waits for everybody
-- who reads a listing should not have made indexes before.
drop index listing_price;
drop index listing_price_1;
drop index listing_price_2;
drop index listing_price_3;
