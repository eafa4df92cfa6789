import Vocabulary

extension Marketplace {
    /// A seller's payouts, newest first.
    /// - Throws: ``SellerRefusal`` without the permission to see money.
    public func payouts(
        as member: SellerMember, _ page: PageRequest
    ) async throws -> Page<Payout> {
        try member.require(.readMoney)
        return try await database.payouts.list(of: member.seller, in: nil, page)
    }

    /// Everybody's payouts, newest first, in one state or all.
    public func payouts(
        in state: Payout.State?, _ page: PageRequest
    ) async throws -> Page<Payout> {
        try await database.payouts.list(of: nil, in: state, page)
    }

    /// One payout and what it pays; of `seller`, or of anybody for an administrator.
    /// - Throws: ``PayoutRefusal/unknown``, also for somebody else's.
    public func payout(
        _ id: ID<Payout>, of seller: ID<Seller>?
    ) async throws -> (payout: Payout, lines: [PayoutLine]) {
        guard let payout = try await database.payouts.find(id, of: seller) else {
            throw PayoutRefusal.unknown
        }
        return (payout, try await database.payouts.items(of: id))
    }
}
