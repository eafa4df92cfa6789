import Vocabulary

/// Where each minor unit of an order came from and where it is now, from the books alone; every
/// step adds up to zero, and so does the whole.
public struct MoneyTrace: Sendable {
    /// What one posting did to the order's money.
    public struct Step: Sendable {
        public let transaction: Int64
        /// `sale:<order>`, `refund:<refund>`, …
        public let key: String
        public let kind: Posting.Kind
        public let bookedAt: Instant
        public let moves: [Move]
    }

    /// Positive is credit: what is owed to that account's owner, or earned.
    public struct Move: Hashable, Sendable {
        public let account: LedgerAccount.Kind
        /// The seller's or the provider's name, where there is one.
        public let owner: String?
        public let amount: Money
    }

    /// One end of the way: who has how much of what the customer paid.
    public struct Place: Hashable, Sendable {
        public let name: String
        public let amount: Money
    }

    /// The order's frozen split of one line.
    public struct Line: Sendable {
        public let title: String
        public let quantity: Int
        public let total: Money
        public let tax: Money
        public let taxRate: PartsPerMillion
        public let taxIncluded: Bool
        public let commission: Money
        /// On top of the commission, for the state.
        public let commissionVAT: Money
        public let rule: ID<CommissionRule>?
        /// Which rate on which base, as it was frozen.
        public let explanation: String
        /// Why this rule and not the others, as it was frozen.
        public let reasoning: String
        /// Where the last unit of each rounded amount went.
        public let roundings: [Rounding]
    }

    public let head: TracedOrder
    public let lines: [Line]
    public let steps: [Step]

    /// What the customer paid for the order, in all.
    public var paid: Money {
        money(
            steps.filter { $0.kind == .sale }.flatMap(\.moves)
                .filter { $0.account == .providerClearing }.reduce(0) { $0 - $1.amount.amount })
    }

    /// Who has it now; the amounts add up to what the customer paid.
    public var places: [Place] {
        var found: [(name: String, amount: Int64)] = []
        for step in steps {
            for move in step.moves {
                guard let name = place(of: move, in: step) else { continue }
                if let index = found.firstIndex(where: { $0.name == name }) {
                    found[index].amount += move.amount.amount
                } else {
                    found.append((name, move.amount.amount))
                }
            }
        }
        return found.filter { $0.amount != 0 }.map {
            Place(name: $0.name, amount: money($0.amount))
        }
    }

    /// What came in and is nowhere: zero, or the books are wrong.
    public var unexplained: Money {
        money(places.reduce(paid.amount) { $0 - $1.amount.amount })
    }

    private func money(_ amount: Int64) -> Money { Money(amount, head.total.currency) }

    /// Nil for where the money came from.
    private func place(of move: Move, in step: Step) -> String? {
        switch (move.account, step.kind) {
        case (.providerClearing, .sale): nil
        // Paid out, or sent back by the bank.
        case (.providerClearing, .payoutPost), (.providerClearing, .payoutReturn):
            "\(head.sellerName)'s bank account"
        case (.providerClearing, _): "the customer, given back"
        case (.taxPayable, _):
            "the state\(move.owner.map { " (\($0))" } ?? ""), by the market"
        case (.commission, _): "the market's commission"
        case (.commissionVAT, _): "the state, VAT on the commission"
        case (let account, _):
            ([move.owner].compactMap { $0 } + [
                account.rawValue.split(separator: "_").joined(
                    separator: " ")
            ]).joined(separator: ": ")
        }
    }
}

/// Which order is traced, and how it was paid.
public struct TracedOrder: Sendable {
    public let id: ID<Order>
    public let number: String
    public let purchase: ID<Purchase>
    public let seller: ID<Seller>
    public let sellerName: String
    public let state: Order.State
    public let placedAt: Instant
    /// What the customer was asked for.
    public let total: Money
    public let shipping: Money
    public let commission: Money
    public let taxByPlatform: Money
    public let sellerShare: Money
    public let payment: ID<Payment>?
    public let instanceName: String?
    /// The provider's own id of the payment.
    public let reference: String?
    public let captured: Money
    public let refunded: Money
}
