-- Why somebody looked on as a person is a sentence about that person. The trail can forget nothing,
-- so that it names the impersonation, whose row is emptied when the person is erased. Lines that
-- were written before this keep the sentence: they are sealed.
alter table audit_log add column impersonation_id uuid references impersonation;
grant insert (impersonation_id) on audit_log to guildhall_app;

-- As before, and it seals in which impersonation a line was written. A line without one has the
-- form that it always had, so that every seal there is still fits.
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
                t.request_id)::text || coalesce(' on behalf of ' || t.on_behalf_of, '')
                || coalesce(' in ' || t.impersonation_id, '')), 'UTF8'))
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
