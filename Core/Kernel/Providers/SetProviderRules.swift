import ProviderKit
import Vocabulary

extension Marketplace {
    /// The rules of a kind, in order.
    public func providerRules(_ kind: ProviderKind) async throws -> [ProviderRule] {
        try await database.providers.tables().rules.filter { $0.kind == kind }
    }

    /// Replaces all rules of a kind by these, in this order. Checkouts that begin from now on go
    /// by them; what is under way stays where it is.
    /// - Throws: ``ProviderRefusal/ruleWrong(index:problem:)`` for the first that makes no sense.
    public func setProviderRules(
        _ kind: ProviderKind, _ rules: [ProviderRule], reason: String? = nil,
        as admin: ID<Account>?
    ) async throws {
        guard rules.count <= ProviderRule.listMax else { throw ProviderRefusal.tooManyRules }
        try await database.transaction { tx in
            let instances = try await tx.providers.tables().instances
            for (index, rule) in rules.enumerated() {
                if let problem = rule.problem(kind, among: instances) {
                    throw ProviderRefusal.ruleWrong(index: index, problem: problem)
                }
            }
            let before = try await tx.audit.before("provider_rules", kind.rawValue)
            try await tx.providers.replaceRules(kind, by: rules)
            try await tx.audit.record(
                "provider.rules-set", on: "provider_rules", kind.rawValue, by: admin,
                reason: reason, before: before)
        }
    }
}

extension ProviderRule {
    func problem(_ kind: ProviderKind, among instances: [ProviderInstance]) -> String? {
        guard let served = instances.first(where: { $0.id == instance }) else {
            return "There is no such provider."
        }
        guard self.kind == kind, served.kind == kind else {
            return "\(served.name) does not do \(kind.rawValue)."
        }
        guard served.state != .retired else { return "\(served.name) is retired." }
        guard (0...1_000_000).contains(share.value) else { return "A share is 0 to 100 %." }
        if amountMin != nil || amountMax != nil, currency == nil {
            return "Amounts need a currency."
        }
        let range = (amountMin ?? 0, amountMax ?? Money.amountMax)
        guard range.0 >= 0, range.0 <= range.1, range.1 <= Money.amountMax else {
            return "The amounts are not a range."
        }
        if let country {
            guard country.count == 2, country.allSatisfy({ $0.isASCII && $0.isUppercase }) else {
                return "A country is two capital letters."
            }
        }
        if let seller, ID<Seller>(seller) == nil { return "That is not a seller." }
        return nil
    }
}
