-- What was promised to be paid at its delivery, for the list of deliveries whose money nobody
-- has said to have come.
create index payment_promised on payment (id)
    where capture = 'at_delivery' and state = 'authorized';
