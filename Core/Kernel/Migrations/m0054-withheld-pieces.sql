-- Pieces whose money goes back before they are shipped are not shipped any more. What a refund
-- withheld is shippable again when the refund fails.
alter table refund_part
    add column withheld integer not null default 0,
    add constraint refund_part_withheld check (withheld between 0 and quantity);
alter table order_line
    add column withheld integer not null default 0 check (withheld >= 0),
    add constraint order_line_pieces check (shipped + withheld <= quantity);
