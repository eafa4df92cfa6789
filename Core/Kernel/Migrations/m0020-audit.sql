-- On whose behalf a line of the trail was written, what changed, and seals over trail and books.
alter table audit_log
    -- the shop that a seller acted for
    add column seller_id uuid references seller,
    add column xid xid8 not null default pg_current_xact_id();
create index audit_log_xid on audit_log (xid);
create index audit_log_seller on audit_log (seller_id, id) where seller_id is not null;
create index ledger_transaction_xid on ledger_transaction (xid);
grant insert (seller_id) on audit_log to guildhall_app;

-- What of an object is shown in the trail before and after a change; nothing secret, and of people
-- no more than their ids, so that the trail need not change when somebody is forgotten. Null for
-- what is gone, or has nothing to show.
create function audit_snapshot(p_kind text, p_id text) returns jsonb
language plpgsql stable as $$
declare
    wanted uuid := case when p_id ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
        then p_id::uuid end;
begin
    return case p_kind
        when 'listing' then (
            select to_jsonb(t) - 'document' - 'description' - 'rating_score' || jsonb_build_object(
                'description', md5(t.description),
                'variants', (
                    select jsonb_agg(jsonb_build_object('id', v.id, 'sku', v.sku, 'price', v.price,
                        'stock', s.on_hand, 'active', v.active) order by v.id)
                    from variant v left join stock_level s on s.variant_id = v.id
                    where v.listing_id = t.id),
                'images', (
                    select jsonb_agg(i.id order by i.position)
                    from listing_image i where i.listing_id = t.id))
            from listing t where t.id = wanted)
        when 'variant' then (
            select jsonb_build_object('listing', v.listing_id, 'sku', v.sku, 'stock', s.on_hand)
            from variant v left join stock_level s on s.variant_id = v.id where v.id = wanted)
        when 'order' then (
            select jsonb_build_object('state', t.state, 'total', t.total,
                'shippedPieces', (select sum(l.shipped) from order_line l where l.order_id = t.id),
                'refunds', (
                    select jsonb_agg(jsonb_build_object('id', r.id, 'amount', r.amount,
                        'state', r.state) order by r.id)
                    from refund r where r.order_id = t.id))
            from orders t where t.id = wanted)
        when 'seller' then (
            select to_jsonb(t) - 'legal_name' - 'vat_number' - 'origin' || jsonb_build_object(
                'legalDetails', md5(concat_ws('|', t.legal_name, t.vat_number, t.origin)),
                'members', (
                    select jsonb_object_agg(m.account_id, m.role order by m.account_id)
                    from seller_member m where m.seller_id = t.id),
                'payoutsFrozen', exists (
                    select from payout_freeze f where f.seller_id = t.id and f.lifted_at is null),
                'documents', (
                    select jsonb_object_agg(d.id, d.state order by d.id)
                    from seller_document d where d.seller_id = t.id))
            from seller t where t.id = wanted)
        -- of a bank account the last digits are enough to see that it is another one
        when 'wallet' then (
            select to_jsonb(t) - 'details' || jsonb_build_object(
                'accountEnd', right(coalesce(t.details ->> 'iban', t.details ->> 'address'), 4),
                'details', md5(t.details::text))
            from wallet t where t.id = wanted)
        when 'category' then (
            select to_jsonb(t) from category t where t.id = wanted)
        when 'review' then (
            select to_jsonb(t) - 'account_id' - 'author' from review t where t.id = wanted)
        when 'commission_rule' then (
            select to_jsonb(t) from commission_rule t where t.id = wanted)
        when 'country' then (
            select to_jsonb(t) from commission_vat t where t.country = p_id)
        when 'provider_instance' then (
            select to_jsonb(t) - 'secrets' - 'previous_secrets' || jsonb_build_object(
                'secrets', encode(sha256(t.secrets), 'hex'))
            from provider_instance t where t.id = wanted)
        when 'provider_rules' then (
            select jsonb_agg(to_jsonb(t) - 'id' - 'created_at' order by t.position)
            from provider_rule t where t.kind = p_id)
        when 'payout' then (
            select to_jsonb(t) from payout t where t.id = wanted)
        -- tables of a later migration: nothing is recorded before it has run
        when 'payout_plan' then (
            select to_jsonb(t) - 'fingerprint' from payout_plan t where t.id = wanted)
        when 'payout_file' then (
            select to_jsonb(t) - 'content' from payout_file t where t.id = wanted)
        when 'account' then jsonb_build_object(
            'roles', (
                select jsonb_agg(r.role order by r.role)
                from account_role r where r.account_id = wanted),
            'tokens', (
                select jsonb_object_agg(k.id, case when k.revoked_at is null then k.audience
                    else 'revoked' end order by k.id)
                from access_token k where k.account_id = wanted))
        when 'job' then (
            select jsonb_build_object('kind', t.kind, 'state', t.state, 'attempt', t.attempt)
            from job t where t.id::text = p_id)
        when 'market' then (
            select jsonb_build_object('shift', shift) from market_clock where p_id = 'clock')
    end;
end $$;

-- Only what differs, of the first; all of it when there is no second.
create function audit_difference(p_one jsonb, p_other jsonb) returns jsonb
language sql immutable as $$
    select case
        when p_one is null or jsonb_typeof(p_one) <> 'object'
            or jsonb_typeof(p_other) is distinct from 'object' then p_one
        else coalesce((
            select jsonb_object_agg(key, value) from jsonb_each(p_one)
            where p_other -> key is distinct from value), '{}')
    end
$$;

-- Blocks of rows that were committed, chained by hash: a row that is changed, deleted or slipped in
-- by hand afterwards does not fit its seal, and a seal that is changed does not fit the next one.
create table seal (
    chain text not null check (chain in ('ledger', 'audit')),
    number bigint not null check (number > 0),
    -- rows of transactions from the one id up to before the other
    from_xid xid8 not null,
    until_xid xid8 not null,
    -- the rows in order, and the SHA-256 of each
    ids bigint[] not null,
    digests bytea[] not null,
    -- the last seal's hash; nothing for the first
    previous bytea not null,
    hash bytea not null,
    at timestamptz not null default clock_timestamp(),
    primary key (chain, number),
    check (cardinality(ids) = cardinality(digests))
);
alter table seal owner to guildhall_books;
revoke all on seal from public, guildhall_app;
grant select on seal to guildhall_app;
create trigger seal_append_only before update or delete on seal
    for each row execute function refuse_change();
create trigger seal_no_truncate before truncate on seal execute function refuse_change();

-- Rows of a chain in their canonical form: a JSON array of integers, texts and UTC microseconds,
-- hashed. Never change it: every seal there is would have to be made anew.
create function sealed_rows(p_chain text, p_from xid8, p_until xid8)
returns table (xid xid8, id bigint, digest bytea) language plpgsql stable as $$
begin
    if p_chain = 'audit' then
        return query
            select t.xid, t.id, sha256(convert_to(json_build_array(t.id,
                (extract(epoch from t.at) * 1000000)::bigint, t.actor_id, t.actor_kind,
                t.seller_id, t.action, t.object_kind, t.object_id, t.reason,
                encode(sha256(convert_to(t.before::text, 'UTF8')), 'hex'),
                encode(sha256(convert_to(t.after::text, 'UTF8')), 'hex'),
                t.request_id)::text, 'UTF8'))
            from public.audit_log t where t.xid >= p_from and t.xid < p_until;
    else
        return query
            select t.xid, t.id, sha256(convert_to(json_build_array(t.id, t.key, t.kind, t.currency,
                t.reverses, t.purchase_id, encode(t.fingerprint, 'hex'),
                (extract(epoch from t.at) * 1000000)::bigint,
                (extract(epoch from t.booked_at) * 1000000)::bigint, (
                    select json_agg(json_build_array(e.line, a.code, e.currency, e.amount,
                        e.order_id) order by e.line)
                    from public.ledger_entry e
                    left join public.ledger_account a on a.id = e.account_id
                    where e.transaction_id = t.id))::text, 'UTF8'))
            from public.ledger_transaction t where t.xid >= p_from and t.xid < p_until;
    end if;
end $$;

create function seal_hash(
    p_chain text, p_number bigint, p_from xid8, p_until xid8, p_previous bytea, p_ids bigint[],
    p_digests bytea[]
) returns bytea language sql immutable as $$
    select sha256(p_previous || convert_to(concat_ws('|', p_chain, p_number, p_from, p_until,
        array_to_string(p_ids, ','), (
            select string_agg(encode(t.digest, 'hex'), ',' order by t.place)
            from unnest(p_digests) with ordinality t(digest, place))), 'UTF8'))
$$;

-- Seals what was committed since the last seal, up to the oldest transaction that is still open:
-- a lower id may commit later, a lower transaction id below the horizon may not. At most so many
-- rows at a time, and all of one transaction together. Answers how many it sealed.
create function seal_rows(p_chain text, p_limit integer) returns integer
language plpgsql security definer set search_path = public, pg_temp as $$
declare
    horizon xid8 := pg_snapshot_xmin(pg_current_snapshot());
    last seal;
    row_ids bigint[];
    row_digests bytea[];
    until_xid xid8;
begin
    -- one sealer at a time, whoever runs it
    if not pg_try_advisory_xact_lock(7134902, hashtext(p_chain)) then return 0; end if;
    select * into last from seal where chain = p_chain order by number desc limit 1;
    last.until_xid := coalesce(last.until_xid, '0');
    if p_chain = 'audit' then
        select t.xid into until_xid from audit_log t
        where t.xid >= last.until_xid and t.xid < horizon order by t.xid offset p_limit limit 1;
    else
        select t.xid into until_xid from ledger_transaction t
        where t.xid >= last.until_xid and t.xid < horizon order by t.xid offset p_limit limit 1;
    end if;
    until_xid := case when until_xid is null then horizon
        else least(horizon, (until_xid::text::numeric + 1)::text::xid8) end;
    select array_agg(t.id order by t.xid, t.id), array_agg(t.digest order by t.xid, t.id)
    into row_ids, row_digests from sealed_rows(p_chain, last.until_xid, until_xid) t;
    if row_ids is null then return 0; end if;
    insert into seal (chain, number, from_xid, until_xid, ids, digests, previous, hash)
    values (p_chain, coalesce(last.number, 0) + 1, last.until_xid, until_xid, row_ids,
        row_digests, coalesce(last.hash, ''),
        seal_hash(p_chain, coalesce(last.number, 0) + 1, last.until_xid, until_xid,
            coalesce(last.hash, ''), row_ids, row_digests));
    return cardinality(row_ids);
end $$;

-- Where rows and seals do not fit, the earliest first.
create function seal_faults(p_chain text, p_limit integer) returns setof text
language plpgsql stable as $$
declare
    sealed seal;
    before seal;
    word text := case p_chain when 'audit' then 'line ' else 'transaction ' end;
    fault text;
    found_faults integer := 0;
begin
    for sealed in select * from public.seal where chain = p_chain order by number loop
        if sealed.number <> coalesce(before.number, 0) + 1
            or sealed.from_xid <> coalesce(before.until_xid, '0')
            or sealed.previous <> coalesce(before.hash, '')
        then
            return next 'seal ' || sealed.number || ' does not follow the one before it';
            found_faults := found_faults + 1;
        elsif sealed.hash <> seal_hash(p_chain, sealed.number, sealed.from_xid, sealed.until_xid,
            sealed.previous, sealed.ids, sealed.digests)
        then
            return next 'seal ' || sealed.number || ' was changed';
            found_faults := found_faults + 1;
        end if;
        for fault in
            select word || coalesce(kept.id, present.id) || case
                when present.id is null then ' was deleted or moved'
                when kept.id is null then ' was slipped in'
                else ' was changed' end
            from unnest(sealed.ids, sealed.digests) kept(id, digest)
            full join sealed_rows(p_chain, sealed.from_xid, sealed.until_xid) present
                on present.id = kept.id
            where kept.digest is distinct from present.digest
            order by coalesce(kept.id, present.id)
        loop
            return next fault;
            found_faults := found_faults + 1;
            if found_faults >= p_limit then return; end if;
        end loop;
        if found_faults >= p_limit then return; end if;
        before := sealed;
    end loop;
end $$;

alter function seal_rows(text, integer) owner to guildhall_books;
revoke all on function seal_rows(text, integer) from public;
grant execute on function seal_rows(text, integer) to guildhall_app;
