import Postgres
import ProviderKit
import Vocabulary

/// An instance with its secrets, still sealed.
struct ProviderConfiguration: Sendable {
    var instance: ProviderInstance
    var secrets: [UInt8]?
    var previousSecrets: [UInt8]?
}

/// Every statement on provider instances and rules.
struct ProviderStore: Sendable {
    let db: any Queryable

    private static let columns: SQL = """
        id, kind, module_key, module_version, name, mode, state, settings, configuration_version,
        capture, created_at, allowed_hosts, refused_hosts, previous_secrets_since
        """

    /// All instances, oldest first, and all rules in order. Both are short lists by nature.
    func tables() async throws -> ProviderTables {
        let answers = try await db.batch([
            "select \(Self.columns) from provider_instance order by id",
            """
            select id, kind, instance_id, currency, country, amount_min, amount_max, seller_id,
                share_ppm
            from provider_rule
            order by kind, position
            """,
        ])
        return ProviderTables(
            instances: try answers[0].decode(Self.instance),
            rules: try answers[1].decode(Self.rule))
    }

    func find(_ id: ID<ProviderInstance>) async throws -> ProviderInstance? {
        try await db.query("select \(Self.columns) from provider_instance where id = \(id)")
            .decode(Self.instance).first
    }

    func configuration(of id: ID<ProviderInstance>) async throws -> ProviderConfiguration? {
        try await db.query(
            """
            select \(Self.columns), secrets, previous_secrets
            from provider_instance
            where id = \(id)
            """
        ).decode(Self.configuration).first
    }

    /// The instance with its secrets, locked until the end of the transaction.
    func lock(_ id: ID<ProviderInstance>) async throws -> ProviderConfiguration? {
        try await db.query(
            """
            select \(Self.columns), secrets, previous_secrets
            from provider_instance
            where id = \(id)
            for update
            """
        ).decode(Self.configuration).first
    }

    func insert(_ instance: ProviderInstance, _ sealed: SealedSecrets) async throws {
        try await db.execute(
            """
            insert into provider_instance (id, kind, module_key, module_version, name, mode, state,
                settings, secrets, secrets_key_id, capture, allowed_hosts, refused_hosts)
            values (\(instance.id), \(instance.kind), \(instance.moduleKey),
                \(instance.moduleVersion), \(instance.name), \(instance.mode),
                \(instance.state), \(JSON(instance.settings)),
                \(sealed.bytes.map { Bytes($0) }), \(sealed.keyID), \(instance.capture),
                \(instance.allowedHosts), \(instance.refusedHosts))
            """)
    }

    func change(
        _ id: ID<ProviderInstance>, name: String, capture: ProviderInstance.Capture,
        settings: [String: String], _ sealed: SealedSettings, hosts: HostChoice
    ) async throws {
        try await keep(id, settings: settings, sealed)
        try await db.execute(
            """
            update provider_instance
            set name = \(name), capture = \(capture),
                allowed_hosts = \(hosts.allowed), refused_hosts = \(hosts.refused),
                configuration_version = configuration_version + 1
            where id = \(id)
            """)
    }

    func change(
        _ id: ID<ProviderInstance>, moduleVersion: String, allowedHosts: [String]?
    ) async throws {
        try await db.execute(
            """
            update provider_instance
            set module_version = \(moduleVersion), allowed_hosts = \(allowedHosts),
                configuration_version = configuration_version + 1
            where id = \(id)
            """)
    }

    /// Keeps which hosts an instance reaches about which nobody was asked yet.
    /// - Returns: what is kept, which is another's when that came first; nil without the instance.
    func keepHosts(_ id: ID<ProviderInstance>, _ hosts: [String]) async throws -> [String]? {
        let changed = try await db.execute(
            """
            update provider_instance set allowed_hosts = \(hosts)
            where id = \(id) and allowed_hosts is null
            """)
        if changed == 1 { return hosts }
        // Another statement, which sees what the first one waited for.
        return try await find(id)?.allowedHosts
    }

    func move(
        _ id: ID<ProviderInstance>, from: ProviderInstance.State, to: ProviderInstance.State
    ) async throws {
        let moved = try await db.execute(
            "update provider_instance set state = \(to) where id = \(id) and state = \(from)")
        guard moved == 1 else { throw ProviderRefusal.stateChanged }
    }

    func record(
        _ id: ID<ProviderInstance>, from: ProviderInstance.State?, to: ProviderInstance.State,
        reason: String?, by actor: ID<Account>?
    ) async throws {
        try await db.execute(
            """
            insert into provider_instance_event (instance_id, from_state, to_state, reason,
                actor_id)
            values (\(id), \(from), \(to), \(reason), \(actor))
            """)
    }

    func events(
        of id: ID<ProviderInstance>, _ page: PageRequest
    ) async throws -> Page<ProviderInstanceEvent> {
        let before = page.after.flatMap { Int64($0) } ?? Int64.max
        let events = try await db.query(
            """
            select event.id, from_state, to_state, reason, actor_id, account.name, at
            from provider_instance_event event left join account on account.id = actor_id
            where instance_id = \(id) and event.id < \(before)
            order by event.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try ProviderInstanceEvent(
                id: c.next(), from: c.next(), to: c.next(), reason: c.next(), actor: c.next(),
                actorName: c.next(), at: c.next())
        }
        return Page(events, limit: page.limit) { String($0.id) }
    }

    func replaceRules(_ kind: ProviderKind, by rules: [ProviderRule]) async throws {
        let inserts = rules.enumerated().map { position, rule -> SQL in
            """
            insert into provider_rule (id, kind, position, instance_id, currency, country,
                amount_min, amount_max, seller_id, share_ppm)
            values (\(rule.id), \(kind), \(position), \(rule.instance), \(rule.currency),
                \(rule.country), \(rule.amountMin), \(rule.amountMax), \(rule.seller),
                \(rule.share))
            """
        }
        _ = try await db.batch(["delete from provider_rule where kind = \(kind)"] + inserts)
    }

    private static func configuration(_ c: inout Columns) throws -> ProviderConfiguration {
        ProviderConfiguration(
            instance: try instance(&c), secrets: try c.next(Bytes?.self)?.bytes,
            previousSecrets: try c.next(Bytes?.self)?.bytes)
    }

    private static func instance(_ c: inout Columns) throws -> ProviderInstance {
        ProviderInstance(
            id: try c.next(), kind: try c.next(), moduleKey: try c.next(),
            moduleVersion: try c.next(), name: try c.next(), mode: try c.next(),
            state: try c.next(),
            settings: try c.next(JSON<[String: String]>.self).value,
            configurationVersion: try c.next(), capture: try c.next(), createdAt: try c.next(),
            allowedHosts: try c.next([String]?.self), refusedHosts: try c.next(),
            previousSecretsSince: try c.next())
    }

    private static func rule(_ c: inout Columns) throws -> ProviderRule {
        ProviderRule(
            id: try c.next(), kind: try c.next(), instance: try c.next(), currency: try c.next(),
            country: try c.next(), amountMin: try c.next(), amountMax: try c.next(),
            seller: try c.next(), share: try c.next())
    }
}

extension Queryable {
    var providers: ProviderStore { ProviderStore(db: self) }
}
