-- What a token may do at most, and when a program last came with it. One without scopes may do what
-- the role of its person includes, as all did before.
alter table access_token
    add column scopes text[] check (cardinality(scopes) between 1 and 8 and scopes <@ array[
        'catalogue:read', 'catalogue:write', 'orders:read', 'orders:write', 'finance:read',
        'finance:write', 'support:read', 'support:write']),
    add column last_used_at timestamptz;
