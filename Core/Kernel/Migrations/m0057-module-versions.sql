-- The version of its module that an instance was made with. Null where it was made before versions
-- were kept: the newest that is loaded serves it.
alter table provider_instance add column module_version text
    check (length(module_version) between 1 and 40);

-- What the last conformance run found of a version of a module.
create table conformance_report (
    module_key text not null,
    module_version text not null,
    contract bigint not null,
    passed integer not null,
    failed integer not null,
    skipped integer not null,
    -- every case, as `guildhall module check --json` prints it
    report jsonb not null,
    ran_at timestamptz not null default now(),
    ran_by uuid references account,
    primary key (module_key, module_version)
);
create index conformance_report_ran_by on conformance_report (ran_by);
