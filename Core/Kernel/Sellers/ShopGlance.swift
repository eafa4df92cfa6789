import Vocabulary

/// What a shop's people want to know when they come in. Counts stop at ``countMax``.
public struct ShopGlance: Sendable, Equatable {
    /// Orders that are paid and not wholly sent.
    public let toPack: Int
    /// Published things of which nothing is left.
    public let soldOut: Int
    /// Variants for sale with no more pieces left than the shop calls scarce, and at least one.
    public let runningOut: Int
    /// One for each day with sales and each currency, oldest first.
    public let sales: [SalesDay]

    public init(toPack: Int, soldOut: Int, runningOut: Int, sales: [SalesDay]) {
        self.toPack = toPack
        self.soldOut = soldOut
        self.runningOut = runningOut
        self.sales = sales
    }

    /// Counting stops here: whether it is a hundred or a thousand, there is much to do.
    public static let countMax = 100
    /// A variant with so many pieces or fewer is running out, unless the shop says otherwise.
    public static let lowStock = 3
    /// How far back the sales go, today included.
    public static let days = 30
    /// So many orders are looked at; of a shop that sells more, the newest of them.
    static let ordersMax = 20_000
    /// So many variants are looked at.
    static let variantsMax = 5_000
}

/// What a shop sold on a day, by when it was paid (UTC); cancelled orders are not in it.
public struct SalesDay: Sendable, Equatable {
    /// Its first moment.
    public let day: Instant
    public let orders: Int
    /// What customers paid, shipping and tax included.
    public let total: Money
}

extension Marketplace {
    /// What waits in a shop, and what it sold lately.
    /// - Throws: ``SellerRefusal/notAllowed`` for a role that does not read orders.
    public func glance(as member: SellerMember) async throws -> ShopGlance {
        try member.require(.readOrders)
        let today = Day(containing: try await marketNow()).from
        return try await database.glances.find(
            member.seller, since: today.advanced(days: 1 - ShopGlance.days))
    }
}
