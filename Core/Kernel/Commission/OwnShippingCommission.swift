import Vocabulary

extension CommissionTerms {
    /// The lowest and the highest rate that is taken of shipping at a shop's own prices; nil when
    /// nothing is.
    var ofOwnShipping: ClosedRange<PartsPerMillion>? {
        let rates = rules.map(\.rate)
        guard let least = rates.min(), let most = rates.max(), most.value > 0 else { return nil }
        return least...most
    }
}

extension Marketplace {
    /// What the market takes of shipping at the shop's own prices, by the rules that hold now and
    /// may fit one of its sales: which of them does is decided by what is sold.
    /// - Returns: the lowest and the highest rate; nil when nothing is taken.
    /// - Throws: ``SellerRefusal/notAllowed`` for whoever may not see the shop's listings.
    public func commissionOnOwnShipping(
        as member: SellerMember
    ) async throws -> ClosedRange<PartsPerMillion>? {
        try member.require(.readListings)
        return try await database.commissions.terms(for: [member.seller]).ofOwnShipping
    }
}
