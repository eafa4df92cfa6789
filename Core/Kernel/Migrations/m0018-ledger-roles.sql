-- Who may write what. Two roles, shared by all databases of ours on a server and without a login:
-- guildhall_books owns the ledger and the audit trail, so that only its functions write them;
-- guildhall_app is what the programs act as, whoever they connected as.
do $$
begin
    -- Roles belong to the whole server: another database may make or grant them just now.
    for attempt in 1..50 loop
        begin
            if to_regrole('guildhall_books') is null then
                create role guildhall_books nologin;
            end if;
            if to_regrole('guildhall_app') is null then
                create role guildhall_app nologin;
            end if;
            if not pg_has_role(current_user, 'guildhall_books', 'usage') then
                execute format('grant guildhall_books to %I', current_user);
            end if;
            if not pg_has_role(current_user, 'guildhall_app', 'usage') then
                execute format('grant guildhall_app to %I', current_user);
            end if;
            exit;
        exception
            when duplicate_object or unique_violation or internal_error then
                perform pg_sleep(0.02 * attempt);
            when insufficient_privilege then
                raise exception 'the login % may not make roles: let an administrator of the '
                    'server run "create role guildhall_books; create role guildhall_app; '
                    'grant guildhall_books, guildhall_app to %" once', current_user, current_user
                    using errcode = '42501';
        end;
    end loop;
end $$;

grant usage, create on schema public to guildhall_books;
grant usage on schema public to guildhall_app;

-- What the programs may do with everything else, and with what later migrations add.
grant select, insert, update, delete on all tables in schema public to guildhall_app;
grant usage, select on all sequences in schema public to guildhall_app;
alter default privileges in schema public
    grant select, insert, update, delete on tables to guildhall_app;
alter default privileges in schema public grant usage, select on sequences to guildhall_app;
revoke insert, update, delete on schema_migration from guildhall_app;

-- Locks what wallets hold, in one currency or in all: the programs may not update balances, and
-- PostgreSQL lets nobody lock a row for update who may not update it.
create function lock_ledger_balances(p_wallets uuid[], p_currency text) returns void
language sql security definer set search_path = public, pg_temp as $$
    select from ledger_balance
    where account_id in (
        select id from ledger_account
        where wallet_id = any(p_wallets) and (p_currency is null or currency = p_currency))
    order by account_id
    for no key update
$$;

do $$
declare
    known text;
    entrance regprocedure;
begin
    foreach known in array array['ledger_account', 'ledger_balance', 'ledger_fold',
        'ledger_transaction', 'ledger_entry', 'audit_log']
    loop
        execute format('alter table %I owner to guildhall_books', known);
        execute format('revoke all on %I from public, guildhall_app', known);
        execute format('grant select on %I to guildhall_app', known);
    end loop;
    -- The entrances run as the books' owner, with the schema's names and nobody's temporary ones.
    for entrance in
        select oid::regprocedure from pg_proc
        where pronamespace = 'public'::regnamespace and proname in ('post_ledger',
            'post_ledger_batch', 'fold_ledger', 'lock_ledger_balances', 'open_ledger_accounts',
            'ledger_transaction_balanced')
    loop
        execute format('alter function %s security definer', entrance);
        execute format('alter function %s set search_path = public, pg_temp', entrance);
        execute format('alter function %s owner to guildhall_books', entrance);
        execute format('revoke all on function %s from public', entrance);
    end loop;
    for entrance in
        select oid::regprocedure from pg_proc
        where pronamespace = 'public'::regnamespace
            and proname in ('post_ledger', 'post_ledger_batch', 'fold_ledger',
                'lock_ledger_balances')
    loop
        execute format('grant execute on function %s to guildhall_app', entrance);
    end loop;
end $$;
-- booked_at is the market's time
grant select on market_clock to guildhall_books;
-- A line of the trail is written, never its number or its moment.
grant insert (actor_id, actor_kind, action, object_kind, object_id, reason, before, after,
    request_id) on audit_log to guildhall_app;

create trigger ledger_account_no_truncate before truncate on ledger_account
    execute function refuse_change();
create trigger ledger_balance_no_delete before delete on ledger_balance
    for each row execute function refuse_change();
create trigger ledger_balance_no_truncate before truncate on ledger_balance
    execute function refuse_change();
create trigger ledger_fold_no_delete before delete on ledger_fold
    for each row execute function refuse_change();
create trigger ledger_fold_no_truncate before truncate on ledger_fold
    execute function refuse_change();
create trigger audit_log_no_truncate before truncate on audit_log
    execute function refuse_change();
