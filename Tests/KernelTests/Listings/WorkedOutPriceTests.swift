import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Prices that were changed by a rate` {
    /// Where nothing changes nothing is told, and no trail says that something was.
    @Test func `that come out the same are not changed`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mug = try await kernel.publishedListing("Mug", by: seller.member)
            let trail = AuditFilter.object(kind: "listing", id: mug.listing.id.description)
            let before = try await kernel.auditTrail(trail, PageRequest()).items.count

            let nothing = PriceChange(way: .up, rate: PartsPerMillion(0))
            let look = try await kernel.previewPrices(
                nothing, of: OfferFilter(), as: seller.member)
            let done = try await kernel.changePrices(
                nothing, of: OfferFilter(), expecting: look.seen, as: seller.member)

            #expect(done.changed == 0 && done.meant == mug.variants.count)
            #expect(try await kernel.auditTrail(trail, PageRequest()).items.count == before)
        }
    }

    @Test func `stay below the largest amount there is`() {
        let dear = Money(Money.amountMax, .eur)

        #expect(PriceChange(way: .up, rate: PartsPerMillion(10_000)).applied(to: dear) == dear)
        #expect(
            PriceChange(way: .down, rate: PartsPerMillion(1_000_000)).applied(to: dear).isZero)
    }

    @Test func `are shown in lists as they are after it`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let mug = try await kernel.publishedListing("Mug", by: seller.member)

            let tenMore = PriceChange(way: .up, rate: PartsPerMillion(100_000))
            let look = try await kernel.previewPrices(
                tenMore, of: OfferFilter(), as: seller.member)
            try await kernel.changePrices(
                tenMore, of: OfferFilter(), expecting: look.seen, as: seller.member)

            #expect(try await kernel.cards(of: [mug.listing.id]).map(\.price.amount) == [2750])
        }
    }
}
