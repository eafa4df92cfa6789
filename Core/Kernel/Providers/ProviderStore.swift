import Postgres
import ProviderKit
import Vocabulary

/// An instance with its secrets, still sealed.
struct ProviderConfiguration: Sendable {
    let instance: ProviderInstance
    let secrets: [UInt8]?
    let previousSecrets: [UInt8]?
}

/// Every statement on provider instances and rules.
struct ProviderStore: Sendable {
    let db: any Queryable

    private static let columns: SQL = """
        id, kind, module_key, name, mode, state, settings, configuration_version, capture,
        created_at
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
        ).decode { c in
            ProviderConfiguration(
                instance: try Self.instance(&c), secrets: try c.next(Bytes?.self)?.bytes,
                previousSecrets: try c.next(Bytes?.self)?.bytes)
        }.first
    }

    private static func instance(_ c: inout Columns) throws -> ProviderInstance {
        ProviderInstance(
            id: try c.next(), kind: try c.next(), moduleKey: try c.next(), name: try c.next(),
            mode: try c.next(), state: try c.next(),
            settings: try c.next(JSON<[String: String]>.self).value,
            configurationVersion: try c.next(), capture: try c.next(), createdAt: try c.next())
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
