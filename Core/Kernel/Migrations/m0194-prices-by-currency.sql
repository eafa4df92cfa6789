-- Prices of two currencies are not compared: an order by price is that of one currency after the
-- other.
--
-- Codes are in capitals anyway. But of an index whose first column is as good as the same
-- everywhere, the planner thinks that it has its rows as they lie in the table, and would walk all
-- things for those of one category. So it may not know that of the first column, and is told
-- beside it how many things have which currency.
create statistics listing_currency on (upper(currency)) from listing;
create index listing_priced on listing (upper(currency), price_from, id) where for_sale;
alter index listing_priced alter column 1 set statistics 0;
create index listing_priced_1 on listing ((category_path[1]), upper(currency), price_from, id)
    where for_sale;
create index listing_priced_2 on listing ((category_path[2]), upper(currency), price_from, id)
    where for_sale;
create index listing_priced_3 on listing ((category_path[3]), upper(currency), price_from, id)
    where for_sale;
analyze listing;
