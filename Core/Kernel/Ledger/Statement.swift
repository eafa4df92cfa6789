import Vocabulary

/// What a seller earned and was paid in a time: opening, lines and closing add up to the unit.
public struct Statement: Sendable {
    public let currency: Currency
    public let from: Instant
    public let until: Instant
    /// What the market owed the seller at the beginning, wherever it was: held, available, on its
    /// way or, below zero, owed by the seller.
    public let opening: Money
    /// All of it at the end: opening and every line.
    public let closing: Money
    public let lines: Page<StatementLine>
}

/// One event on a statement. `net = gross + commission + taxByPlatform`, each with its sign.
public struct StatementLine: Hashable, Sendable {
    public let id: Int64
    public let at: Instant
    /// `sale`, `refund`, `payout_post`, …
    public let kind: Posting.Kind
    /// The order or, for a payout, nil.
    public let order: ID<Order>?
    public let orderNumber: String?
    public let payout: ID<Payout>?
    /// What the customer paid or got back; for a payout what left.
    public let gross: Money
    /// With its VAT; below zero when the market kept it.
    public let commission: Money
    /// Below zero when the platform hands it to the state.
    public let taxByPlatform: Money
    /// What it changed in what the seller is owed.
    public let net: Money
}

extension Marketplace {
    /// A seller's statement in one currency, from `from` up to before `until`.
    /// - Throws: ``SellerRefusal`` without the permission to see money.
    public func statement(
        _ currency: Currency, from: Instant, until: Instant, as member: SellerMember,
        _ page: PageRequest
    ) async throws -> Statement {
        try member.require(.readMoney)
        return try await statement(of: member.seller, currency, from: from, until: until, page)
    }

    /// The same for an administrator.
    public func statement(
        of seller: ID<Seller>, _ currency: Currency, from: Instant, until: Instant,
        _ page: PageRequest
    ) async throws -> Statement {
        try await database.transaction(isolation: .repeatableRead) { tx in
            let store = StatementStore(db: tx)
            let lines = try await store.lines(of: seller, currency, from: from, until: until, page)
            return Statement(
                currency: currency, from: from, until: until,
                opening: try await store.owed(to: seller, currency, before: from),
                closing: try await store.owed(to: seller, currency, before: until), lines: lines)
        }
    }
}
