-- What somebody was written, and said, is found by who it was when they ask for their data.
create index mail_recipient on mail (recipient, id desc);
create index review_account on review (account_id, id) where account_id is not null;
create index refund_requested_by on refund (requested_by) where requested_by is not null;
create index seller_rating_account on seller_rating (account_id, id) where account_id is not null;

-- Where something went, as far as books and taxes need it: the country, and the state or province.
create function address_for_books(p_address jsonb) returns jsonb language sql immutable as $$
    select jsonb_strip_nulls(jsonb_build_object('name', 'erased', 'lines', jsonb_build_array('erased'),
        'city', 'erased', 'country', p_address -> 'country', 'region', p_address -> 'region'))
$$;
