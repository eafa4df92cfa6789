-- An order's life is told by the market's clock, like everything that its people are shown.
alter table order_event alter column at set default market_now();
alter table refund alter column requested_at set default market_now();

-- Letters go out in the order of what they tell.
create index mail_turn on mail (notification_id) where state = 'waiting';
