-- Somebody of the back office looking at the shop or the sellers' desk as somebody else sees it:
-- who, as whom, why, from when until when, and how it ended.
create table impersonation (
    id uuid primary key,
    administrator_id uuid not null references account,
    account_id uuid not null references account,
    app text not null check (app in ('customer', 'seller')),
    -- the shop that is worked on, in the sellers' app
    seller_id uuid references seller,
    reason text not null check (length(reason) between 3 and 500),
    -- SHA-256 of what opens it, once; null since it was used or its time was over
    pass_hash bytea,
    pass_until timestamptz not null,
    -- SHA-256 of what the administrator was signed in with: it ends together with that
    session_hash text,
    token_hash bytea,
    begun_at timestamptz not null default clock_timestamp(),
    opened_at timestamptz,
    until timestamptz not null,
    ended_at timestamptz,
    ending text check (ending in
        ('administrator', 'person', 'time_over', 'not_opened', 'right_lost', 'signed_out')),
    constraint impersonation_pass_key unique (pass_hash),
    check (administrator_id <> account_id),
    check ((session_hash is null) <> (token_hash is null)),
    check ((ended_at is null) = (ending is null)),
    check (ended_at is null or pass_hash is null)
);
create index impersonation_account on impersonation (account_id, id);
create index impersonation_administrator on impersonation (administrator_id, id);
-- the few that go on
create index impersonation_open on impersonation (id) where ended_at is null;

-- A line of the trail may be written by one person on behalf of another.
alter table audit_log add column on_behalf_of uuid references account;
create index audit_log_on_behalf on audit_log (on_behalf_of, id) where on_behalf_of is not null;
grant insert (on_behalf_of) on audit_log to guildhall_app;

-- As before, and it seals on whose behalf a line was written. A line without one has the form that
-- it always had, so that every seal there is still fits.
create or replace function sealed_rows(p_chain text, p_from xid8, p_until xid8)
returns table (xid xid8, id bigint, digest bytea) language plpgsql stable as $$
begin
    if p_chain = 'audit' then
        return query
            select t.xid, t.id, sha256(convert_to((json_build_array(t.id,
                (extract(epoch from t.at) * 1000000)::bigint, t.actor_id, t.actor_kind,
                t.seller_id, t.action, t.object_kind, t.object_id, t.reason,
                encode(sha256(convert_to(t.before::text, 'UTF8')), 'hex'),
                encode(sha256(convert_to(t.after::text, 'UTF8')), 'hex'),
                t.request_id)::text || coalesce(' on behalf of ' || t.on_behalf_of, '')), 'UTF8'))
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
