-- What was there before pieces came back with their money.
alter table refund validate constraint refund_restocking;
alter table refund_part validate constraint refund_part_restock;
alter table refund_part validate constraint refund_part_shelved;
alter table order_line validate constraint order_line_restocked;
alter table stock_movement validate constraint stock_movement_refund;
create unique index stock_movement_refund_once on stock_movement (refund_id, variant_id)
    where refund_id is not null;

update order_line line set restocked = least(moved.delta, line.quantity)
from stock_movement moved
where moved.order_id = line.order_id and moved.variant_id = line.variant_id
    and moved.cause = 'cancellation' and line.restocked = 0;
-- What is under way comes back as it would now.
alter table refund_part disable trigger refund_part_append_only;
update refund_part part set restock = part.withheld
from refund where refund.id = part.refund_id and refund.state in ('pending', 'unknown')
    and refund.restocking is null and part.withheld > 0;
alter table refund_part enable trigger refund_part_append_only;
