-- Locks a payment that was written a moment ago and its purchase, in the order in which everybody
-- does; fails with `payment_fresh` when somebody has settled either since.
create function lock_fresh_payment(p_purchase uuid, p_payment uuid) returns void
language plpgsql as $$
begin
    perform from purchase where id = p_purchase and state = 'awaiting_payment' for update;
    if found then
        perform from payment where id = p_payment and state = 'created' and version = 0
        for update;
    end if;
    if not found then
        raise exception 'payment % has been settled by somebody else', p_payment
            using errcode = '23514', constraint = 'payment_fresh';
    end if;
end $$;
