-- Where a provider's module may go, besides the addresses that an administrator typed. What it
-- declares is asked for; what an administrator left ticked is allowed.
alter table provider_instance
    -- null where nobody was asked yet: what its module declares when it is first used, which is
    -- then kept here
    add column allowed_hosts text[]
        constraint provider_instance_allowed_hosts check (cardinality(allowed_hosts) <= 200),
    -- he was shown these and did not allow them: a host in neither is new
    add column refused_hosts text[] not null default '{}'
        constraint provider_instance_refused_hosts check (cardinality(refused_hosts) <= 200);
