import Postgres
import Vocabulary

extension Marketplace {
    /// What changing all prices that are meant would do; changes nothing.
    public func previewPrices(
        _ change: PriceChange, of filter: OfferFilter, as member: SellerMember
    ) async throws -> PriceChangePreview {
        try member.require(.readListings)
        let filter = try filter.checked()
        let count = try await database.offers.countEditable(
            of: member.seller, filter, limit: PriceChangePreview.countMax + 1)
        let examples = try await database.offers.listEditable(
            of: member.seller, filter, after: nil, limit: PriceChangePreview.examplesMax)
        return PriceChangePreview(
            count: count,
            examples: examples.map {
                .init(offer: $0.offer, price: change.applied(to: $0.offer.price))
            })
    }

    /// Changes the prices of everything that is meant, all of them or none.
    /// - Parameter count: how many were meant when somebody looked.
    /// - Returns: how many variants cost something else now.
    /// - Throws: ``PriceChangeRefusal``, ``InputRefusal`` for the filter.
    @discardableResult
    public func changePrices(
        _ change: PriceChange, of filter: OfferFilter, expecting count: Int,
        as member: SellerMember
    ) async throws -> Int {
        try member.require(.editListings)
        let filter = try filter.checked()
        return try await database.transaction { tx in
            let meant = try await tx.offers.listEditable(
                of: member.seller, filter, after: nil, limit: PriceChangePreview.countMax + 1
            ).map(\.offer.variant)
            guard meant.count <= PriceChangePreview.countMax else {
                throw PriceChangeRefusal.tooMany
            }
            guard meant.count == count else { throw PriceChangeRefusal.othersMeant }
            _ = try await tx.offers.lock(meant, of: member.seller)
            // What they cost now that nobody else may change it.
            let held = try await tx.offers.editable(meant, of: member.seller)
            guard held.count == count else { throw PriceChangeRefusal.othersMeant }
            var prices: [(variant: ID<Variant>, amount: Int64)] = []
            var changed: Set<ID<Listing>> = []
            for offer in held {
                let price = change.applied(to: offer.price)
                guard price.isPositive else { throw PriceChangeRefusal.tooLow }
                guard price != offer.price else { continue }
                prices.append((offer.variant, price.amount))
                changed.insert(offer.listing)
            }
            guard !prices.isEmpty else { return 0 }
            try await saveOffers(prices, [], of: changed, as: member, tx)
            return prices.count
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
