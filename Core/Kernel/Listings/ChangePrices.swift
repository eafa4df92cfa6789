import Postgres
import Vocabulary

extension Marketplace {
    /// What changing all prices that are meant would do; changes nothing.
    public func previewPrices(
        _ change: PriceChange, of filter: OfferFilter, as member: SellerMember
    ) async throws -> PriceChangePreview {
        try member.require(.readListings)
        let filter = try filter.checked()
        let meant = try await database.offers.look(
            of: member.seller, filter, limit: PriceChangePreview.countMax + 1)
        return PriceChangePreview(
            count: meant.offers.count, seen: meant.seen,
            examples: meant.offers.prefix(PriceChangePreview.examplesMax).map {
                .init(offer: $0, price: change.applied(to: $0.price))
            })
    }

    /// Changes the prices of everything that is meant, all of them or none. Of two who looked at
    /// the same prices one changes them; the other is refused, and so is who repeats.
    /// - Parameter seen: ``PriceChangePreview/seen`` of what somebody looked at.
    /// - Throws: ``PriceChangeRefusal``, ``InputRefusal`` for the filter.
    @discardableResult
    public func changePrices(
        _ change: PriceChange, of filter: OfferFilter, expecting seen: String,
        as member: SellerMember
    ) async throws -> ChangedPrices {
        try member.require(.editListings)
        let filter = try filter.checked()
        return try await database.transaction { tx in
            let countMax = PriceChangePreview.countMax
            let meant = try await tx.offers.look(of: member.seller, filter, limit: countMax + 1)
                .offers.map(\.variant)
            guard meant.count <= countMax else { throw PriceChangeRefusal.tooMany }
            _ = try await tx.offers.lock(meant, of: member.seller)
            // A colleague may have been first with the locks: what is meant and what it costs
            // counts now that nobody else may change it.
            let held = try await tx.offers.look(
                of: member.seller, filter, among: meant, limit: countMax)
            guard held.seen == seen else { throw PriceChangeRefusal.othersMeant }
            var prices: [(variant: ID<Variant>, amount: Int64)] = []
            var changed: Set<ID<Listing>> = []
            for offer in held.offers {
                let price = change.applied(to: offer.price)
                guard price.isPositive else { throw PriceChangeRefusal.tooLow }
                guard price != offer.price else { continue }
                prices.append((offer.variant, price.amount))
                changed.insert(offer.listing)
            }
            let done = ChangedPrices(meant: held.offers.count, changed: prices.count)
            guard !prices.isEmpty else { return done }
            try await saveOffers(prices, [], of: changed, as: member, tx)
            return done
        }
    }

    /// Writes prices and counts of held listings, shows them, and tells the trail of each listing.
    func saveOffers(
        _ prices: [(variant: ID<Variant>, amount: Int64)], _ counts: [StockCount],
        of listings: Set<ID<Listing>>, as member: SellerMember, _ tx: Transaction
    ) async throws {
        let listings = listings.sorted { $0.description < $1.description }
        let names = listings.map(\.description)
        let before = try await tx.audit.before("listing", names)
        try await tx.offers.savePrices(prices)
        try await tx.stock.set(counts, cause: .set, by: member.account)
        try await tx.listings.refresh(listings)
        _ = try await tx.batch(
            names.map {
                AuditStore.statement(
                    "listing.edited", on: "listing", $0, by: member, before: before[$0])
            })
    }
}
