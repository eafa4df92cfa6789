import Postgres
import Vocabulary

/// What a rule would have changed in the commission of past orders. Nothing is written.
public struct CommissionSimulation: Sendable {
    public struct SellerDelta: Hashable, Sendable {
        public let seller: ID<Seller>
        public let sellerName: String
        public let currency: Currency
        /// Orders with a difference.
        public internal(set) var orders = 0
        /// What was frozen with those orders and what the rule would have made of it, without VAT,
        /// in minor units.
        public internal(set) var charged: Int64 = 0
        public internal(set) var simulated: Int64 = 0

        public var difference: Int64 { simulated - charged }
    }

    public let rule: ID<CommissionRule>
    public let since: Instant
    public internal(set) var orders = 0
    /// Orders of which the rule would have taken something else.
    public internal(set) var changed = 0
    /// Those with a difference, the largest first.
    public internal(set) var sellers: [SellerDelta] = []
}

extension Marketplace {
    /// Computes the commission of the paid orders of the last `days` as it would have been had the
    /// rule held all the time, besides those that held then. Reads page by page.
    /// - Throws: ``CommissionRefusal/ruleUnknown``; `MoneyError`.
    public func simulateCommission(
        _ id: ID<CommissionRule>, days: Int
    ) async throws -> CommissionSimulation {
        let rule = try await commissionRule(id)
        let since = try await database.clock.now().advanced(by: .seconds(-Int64(days) * 86_400))
        let others = try await database.commissions.published(since: since)
        let trial = CommissionTrial(of: rule, among: others)
        var simulation = CommissionSimulation(rule: id, since: since)
        var deltas: [CommissionTrial.Account: CommissionSimulation.SellerDelta] = [:]
        var after: ID<Order>?
        while true {
            let orders = try await database.soldOrders.list(since: since, after: after, limit: 500)
            for order in orders {
                simulation.orders += 1
                let amount = try trial.commission(of: order)
                guard amount != order.commission.amount else { continue }
                simulation.changed += 1
                let account = CommissionTrial.Account(
                    seller: order.seller, currency: order.commission.currency)
                var delta =
                    deltas[account]
                    ?? CommissionSimulation.SellerDelta(
                        seller: order.seller, sellerName: order.sellerName,
                        currency: order.commission.currency)
                delta.orders += 1
                delta.charged += order.commission.amount
                delta.simulated += amount
                deltas[account] = delta
            }
            guard let last = orders.last, orders.count == 500 else { break }
            after = last.id
        }
        simulation.sellers = deltas.values.sorted {
            ($0.difference.magnitude, $0.seller) > ($1.difference.magnitude, $1.seller)
        }
        return simulation
    }
}

/// A rule tried out on orders of the past. Pure.
struct CommissionTrial: Sendable {
    struct Account: Hashable { let seller: ID<Seller>, currency: Currency }

    private let rule: CommissionRule
    private let others: [CommissionRule]

    /// The rule as if it had always held; what it would have replaced is out of its way.
    init(of rule: CommissionRule, among others: [CommissionRule]) {
        var always = rule
        always.state = .published
        always.effectiveFrom = Instant(secondsSince1970: 0)
        always.effectiveUntil = nil
        self.rule = always
        self.others = others.filter { $0.id != rule.id && !$0.scope.overlaps(rule.scope) }
    }

    /// An order's commission in minor units, VAT not counted: as it was frozen, except for lines
    /// of which this rule would have been the closest.
    func commission(of order: SoldOrderFacts) throws(MoneyError) -> Int64 {
        let bases = try order.shipping.divided(over: order.lines.map(\.total))
        var total: Int64 = 0
        var shipping: Int64 = 0
        var isTouched = false
        for (line, base) in zip(order.lines, bases) {
            let computed = try Commission.compute(
                line.commissionLine(shipping: base, of: order), by: others + [rule],
                at: order.placedAt)
            let isIts = computed.rule == rule.id
            isTouched = isTouched || isIts
            total += isIts ? computed.amount.amount : line.commission
            shipping += computed.shipping.amount
        }
        guard isTouched else { return order.commission.amount }
        return total + min(shipping, order.shipping.gross.amount)
    }
}
