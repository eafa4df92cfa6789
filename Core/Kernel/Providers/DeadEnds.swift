public import ProviderKit
public import Vocabulary

/// What the rules of a kind leave to nobody: they name only providers that take no new business.
public struct DeadEnds: Hashable, Sendable {
    public let kind: ProviderKind
    /// Whether no rule at all leads to a provider that does.
    public let isAll: Bool
    /// The names of those that they lead to instead, in order.
    public let names: [String]
}

extension Marketplace {
    /// What nobody serves just now; nil when somebody does, or when there are no rules.
    public func deadEnds(_ kind: ProviderKind) async throws -> DeadEnds? {
        try await database.providers.tables().deadEnds(kind)
    }

    /// What nobody would serve any more if this instance took no new business; nil when that would
    /// change nothing.
    public func deadEnds(without id: ID<ProviderInstance>) async throws -> DeadEnds? {
        let tables = try await database.providers.tables()
        let kind = try tables.instance(id).kind
        let then = tables.deadEnds(kind, without: id)
        return then == tables.deadEnds(kind) ? nil : then
    }
}

extension ProviderTables {
    /// - Parameter id: an instance that is taken to be inactive.
    func deadEnds(
        _ kind: ProviderKind, without id: ID<ProviderInstance>? = nil
    ) -> DeadEnds? {
        let active = instances.filter { $0.kind == kind && $0.takesNewBusiness && $0.id != id }
        // A rule without a share serves nobody, and is missed by nobody.
        let rules = rules.filter { $0.kind == kind && $0.share.value > 0 }
        let (live, dead) = (
            rules.filter { rule in active.contains { $0.id == rule.instance } },
            rules.filter { rule in !active.contains { $0.id == rule.instance } }
        )
        let missed = dead.filter { rule in !live.contains { $0.covers(rule) } }
        guard !missed.isEmpty else { return nil }
        let names = instances.filter { one in missed.contains { $0.instance == one.id } }
        return DeadEnds(kind: kind, isAll: live.isEmpty, names: names.map(\.name))
    }
}

extension ProviderRule {
    /// Whether it fits whatever the other one fits, their shares aside.
    func covers(_ other: ProviderRule) -> Bool {
        (currency == nil || currency == other.currency)
            && (country == nil || country == other.country)
            && (seller == nil || seller == other.seller)
            && (amountMin ?? 0) <= (other.amountMin ?? 0)
            && (amountMax ?? .max) >= (other.amountMax ?? .max)
    }
}
