-- Counts what changes the commission on a sale: rules, the VAT on it, and where a seller owes that.
-- A process keeps what it has read of them under this number, and whoever places a purchase has
-- the number compared in the statement that writes it: a rule that was published a moment ago is
-- never missed.
create table commission_version (
    only_row boolean primary key default true check (only_row),
    version bigint not null default 1
);
insert into commission_version default values;

create function commission_changed() returns trigger language plpgsql as $$
begin
    update commission_version set version = version + 1;
    return null;
end $$;
create trigger commission_rule_counted after insert or update or delete on commission_rule
    for each statement execute function commission_changed();
create trigger commission_vat_counted after insert or update or delete on commission_vat
    for each statement execute function commission_changed();
create trigger seller_vat_counted after update of country, vat_number on seller
    for each row when ((old.country, old.vat_number) is distinct from (new.country, new.vat_number))
    execute function commission_changed();
