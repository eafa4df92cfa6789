-- What a customer wishes of a parcel: words to put into it, and the day on which it shall come. The
-- order has them through its purchase's checkout and its wallet.
alter table checkout_parcel
    add column gift_message text check (length(gift_message) between 1 and 500),
    add column deliver_on date;
