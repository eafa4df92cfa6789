import Postgres
import Vocabulary

/// What an administrator writes down of a rule.
public struct CommissionDraft: Hashable, Sendable {
    public var name: String
    public var scope: CommissionScope
    public var rate: PartsPerMillion
    public var base: CommissionRule.Base
    public var isOnShipping: Bool
    public var amounts: [CommissionAmounts]
    /// Nil for as soon as it is published.
    public var effectiveFrom: Instant?
    public var effectiveUntil: Instant?

    public init(
        name: String = "", _ scope: CommissionScope = CommissionScope(), rate: PartsPerMillion,
        base: CommissionRule.Base = .gross, isOnShipping: Bool = false,
        amounts: [CommissionAmounts] = [], effectiveFrom: Instant? = nil,
        effectiveUntil: Instant? = nil
    ) {
        self.name = name
        self.scope = scope
        self.rate = rate
        self.base = base
        self.isOnShipping = isOnShipping
        self.amounts = amounts
        self.effectiveFrom = effectiveFrom
        self.effectiveUntil = effectiveUntil
    }

    func rule(_ state: CommissionRule.State, at now: Instant) throws -> CommissionRule {
        let name = try InputText.optionalLine(name, field: "name", lengthMax: 80) ?? ""
        try check()
        let from = effectiveFrom ?? now
        if let effectiveUntil, effectiveUntil <= from {
            throw CommissionRefusal.endsBeforeItBegins
        }
        return CommissionRule(
            state: state, name: name, scope, rate: rate, base: base, isOnShipping: isOnShipping,
            amounts: amounts, effectiveFrom: from, effectiveUntil: effectiveUntil)
    }

    private func check() throws(CommissionRefusal) {
        guard (0...1_000_000).contains(rate.value) else { throw .rateOutOfRange }
        guard Set(amounts.map(\.currency)).count == amounts.count else { throw .currencyTwice }
        for besides in amounts {
            let all = [besides.fixedPerUnit, besides.floor ?? 0, besides.cap ?? 0]
            guard all.allSatisfy({ $0 >= 0 }) else { throw .fixedNegative }
            guard all.allSatisfy({ $0 <= Money.amountMax / 1000 }) else { throw .fixedTooLarge }
            if let floor = besides.floor, let cap = besides.cap, floor > cap {
                throw .floorAboveCap
            }
        }
        if let band = scope.band {
            guard (0...Money.amountMax).contains(band.from), band.below ?? .max > band.from else {
                throw .bandInvalid
            }
        }
    }
}

extension Marketplace {
    /// Every rule there ever was, newest first.
    public func commissionRules(_ page: PageRequest) async throws -> Page<CommissionRule> {
        try await database.commissions.list(page)
    }

    /// - Throws: ``CommissionRefusal/ruleUnknown``
    public func commissionRule(_ id: ID<CommissionRule>) async throws -> CommissionRule {
        guard let rule = try await database.commissions.find(id) else {
            throw CommissionRefusal.ruleUnknown
        }
        return rule
    }

    /// Writes a rule down that does not hold yet: it can be simulated, published or thrown away.
    /// Written to the audit trail.
    public func draftCommissionRule(
        _ draft: CommissionDraft, as admin: ID<Account>, reason: String
    ) async throws -> CommissionRule {
        try await inserting { tx in
            let rule = try draft.rule(.draft, at: try await tx.clock.now())
            try await tx.commissions.insert(rule, by: admin)
            try await tx.audit.record(
                "commission.drafted", on: "commission_rule", rule.id.description, by: admin,
                reason: reason)
            return rule
        }
    }

    /// Throws a draft away.
    /// - Throws: ``CommissionRefusal``: `ruleUnknown`, `notDraft`.
    public func discardCommissionRule(
        _ id: ID<CommissionRule>, as admin: ID<Account>, reason: String
    ) async throws {
        try await database.transaction { tx in
            guard try await tx.commissions.find(id) != nil else {
                throw CommissionRefusal.ruleUnknown
            }
            let before = try await tx.audit.before("commission_rule", id.description)
            guard try await tx.commissions.deleteDraft(id) else {
                throw CommissionRefusal.notDraft
            }
            try await tx.audit.record(
                "commission.discarded", on: "commission_rule", id.description, by: admin,
                reason: reason, before: before)
        }
    }

    /// A draft holds from `instant` on, or from the time that it names, or now: for new sales only.
    /// - Parameter replacing: ends a rule that would be as close as this one when this one begins,
    ///   instead of refusing this one.
    /// - Throws: ``CommissionRefusal``: `ruleUnknown`, `notDraft`, `inThePast`,
    ///   `endsBeforeItBegins`, `overlaps`.
    @discardableResult
    public func publishCommissionRule(
        _ id: ID<CommissionRule>, from instant: Instant? = nil, replacing: Bool = false,
        as admin: ID<Account>, reason: String
    ) async throws -> CommissionRule {
        try await database.transaction { tx in
            try await tx.commissions.lockForPublishing()
            guard var rule = try await tx.commissions.find(id) else {
                throw CommissionRefusal.ruleUnknown
            }
            guard rule.state == .draft else { throw CommissionRefusal.notDraft }
            let now = try await tx.clock.now()
            if let instant, instant < now { throw CommissionRefusal.inThePast }
            rule.effectiveFrom = instant ?? max(rule.effectiveFrom, now)
            if let until = rule.effectiveUntil, until <= rule.effectiveFrom {
                throw CommissionRefusal.endsBeforeItBegins
            }
            try await tx.makeRoom(for: rule, replacing: replacing)
            let before = try await tx.audit.before("commission_rule", id.description)
            _ = try await tx.commissions.publish(id, from: rule.effectiveFrom)
            try await tx.audit.record(
                "commission.published", on: "commission_rule", id.description, by: admin,
                reason: reason, before: before)
            rule.state = .published
            return rule
        }
    }

    /// Drafts and publishes a rule at once, from now on and for new sales only. Written to the
    /// audit trail.
    public func addCommissionRule(
        _ draft: CommissionDraft, replacing: Bool = false, as admin: ID<Account>, reason: String
    ) async throws -> CommissionRule {
        try await inserting { tx in
            try await tx.commissions.lockForPublishing()
            let now = try await tx.clock.now()
            if let from = draft.effectiveFrom, from < now { throw CommissionRefusal.inThePast }
            let rule = try draft.rule(.published, at: now)
            try await tx.makeRoom(for: rule, replacing: replacing)
            try await tx.commissions.insert(rule, by: admin)
            try await tx.audit.record(
                "commission.added", on: "commission_rule", rule.id.description, by: admin,
                reason: reason)
            return rule
        }
    }

    /// Ends a rule now. Sales that were placed under it keep their commission.
    public func endCommissionRule(
        _ id: ID<CommissionRule>, as admin: ID<Account>, reason: String
    ) async throws {
        try await database.transaction { tx in
            let before = try await tx.audit.before("commission_rule", id.description)
            guard try await tx.commissions.end(id) else { throw CommissionRefusal.ruleUnknown }
            try await tx.audit.record(
                "commission.ended", on: "commission_rule", id.description, by: admin,
                reason: reason, before: before)
        }
    }

    private func inserting(
        _ body: @Sendable (Transaction) async throws -> CommissionRule
    ) async throws -> CommissionRule {
        do {
            return try await database.transaction(body)
        } catch let error as PostgresError {
            switch error.constraint {
            case "commission_rule_seller_id_fkey": throw CommissionRefusal.sellerUnknown
            case "commission_rule_category_id_fkey": throw CommissionRefusal.categoryUnknown
            case "commission_rule_listing_id_fkey": throw CommissionRefusal.listingUnknown
            default: throw error
            }
        }
    }
}

extension Transaction {
    /// Sees to it that no published rule is as close as this one at some time.
    fileprivate func makeRoom(for rule: CommissionRule, replacing: Bool) async throws {
        for other in try await commissions.published(since: rule.effectiveFrom)
        where other.id != rule.id && other.clashes(with: rule) {
            guard replacing, other.effectiveFrom <= rule.effectiveFrom else {
                throw CommissionRefusal.overlaps(other.label)
            }
            _ = try await commissions.end(other.id, at: rule.effectiveFrom)
        }
    }
}
