import Postgres
import Vocabulary

/// Why a commission rule was refused.
public enum CommissionRefusal: Refusal, CaseIterable {
    case rateOutOfRange, fixedNegative, sellerUnknown, categoryUnknown, ruleUnknown
    case fixedTooLarge

    public var code: String {
        switch self {
        case .rateOutOfRange: "commission.rate-out-of-range"
        case .fixedNegative: "commission.fixed-negative"
        case .fixedTooLarge: "commission.fixed-too-large"
        case .sellerUnknown: "commission.seller-unknown"
        case .categoryUnknown: "commission.category-unknown"
        case .ruleUnknown: "commission.rule-unknown"
        }
    }

    public var reason: RefusalReason { self == .ruleUnknown ? .missing : .invalid }

    public var explanation: String {
        switch self {
        case .rateOutOfRange: "The rate is between 0 and 100 %."
        case .fixedNegative: "The fixed part is not below zero."
        case .fixedTooLarge: "The fixed part is too large."
        case .sellerUnknown: "There is no such seller."
        case .categoryUnknown: "There is no such category."
        case .ruleUnknown: "There is no such rule, or it has ended."
        }
    }

    public var field: String? {
        switch self {
        case .rateOutOfRange: "rate"
        case .fixedNegative, .fixedTooLarge: "fixedPerUnit"
        case .sellerUnknown: "seller"
        case .categoryUnknown: "category"
        case .ruleUnknown: nil
        }
    }
}

extension Marketplace {
    /// Every rule there ever was, newest first.
    public func commissionRules(_ page: PageRequest) async throws -> Page<CommissionRule> {
        try await database.commissions.list(page)
    }

    /// Adds a rule, from now on and for new sales only. Written to the audit trail.
    public func addCommissionRule(
        seller: ID<Seller>?, category: ID<Category>?, rate: PartsPerMillion, fixedPerUnit: Money?,
        as admin: ID<Account>, reason: String
    ) async throws -> CommissionRule {
        guard (0...1_000_000).contains(rate.value) else { throw CommissionRefusal.rateOutOfRange }
        if let fixedPerUnit {
            guard !fixedPerUnit.isNegative else { throw CommissionRefusal.fixedNegative }
            guard fixedPerUnit.amount <= Money.amountMax / 1000 else {
                throw CommissionRefusal.fixedTooLarge
            }
        }
        do {
            return try await database.transaction { tx in
                let rule = CommissionRule(
                    seller: seller, category: category, rate: rate, fixedPerUnit: fixedPerUnit,
                    effectiveFrom: try await tx.clock.now())
                try await tx.commissions.insert(rule, by: admin)
                try await tx.audit.record(
                    "commission.added", on: "commission_rule", rule.id.description, by: admin,
                    reason: reason)
                return rule
            }
        } catch let error as PostgresError {
            switch error.constraint {
            case "commission_rule_seller_id_fkey": throw CommissionRefusal.sellerUnknown
            case "commission_rule_category_id_fkey": throw CommissionRefusal.categoryUnknown
            default: throw error
            }
        }
    }

    /// Ends a rule now. Sales that were placed under it keep their commission.
    public func endCommissionRule(
        _ id: ID<CommissionRule>, as admin: ID<Account>, reason: String
    ) async throws {
        try await database.transaction { tx in
            guard try await tx.commissions.end(id) else { throw CommissionRefusal.ruleUnknown }
            try await tx.audit.record(
                "commission.ended", on: "commission_rule", id.description, by: admin,
                reason: reason)
        }
    }
}
