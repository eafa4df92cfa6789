-- What customers read of each way to pay that an instance has offered them: a receipt says how
-- something was paid, long after its provider was asked for the last time. Kept when it is offered,
-- for a payment knows no more than the method's code.
create table payment_method (
    instance_id uuid not null references provider_instance,
    code text not null check (octet_length(code) between 1 and 200),
    label text not null check (octet_length(label) between 1 and 1000),
    primary key (instance_id, code)
);
