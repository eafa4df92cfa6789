-- What a maker answers to a customer's rating of the shop.
alter table seller_rating add column reply text check (length(reply) between 1 and 4000),
    add column replied_at timestamptz;
-- The maker and the administrator see those that are hidden, too.
create index seller_rating_all on seller_rating (seller_id, id desc);
