-- A seller finds a listing by how its SKU begins, in capitals or not.
create index variant_sku_searched on variant (seller_id, lower(sku) text_pattern_ops)
    where sku is not null;
