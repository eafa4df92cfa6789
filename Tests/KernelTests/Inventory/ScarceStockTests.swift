import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `What runs out` {
    @Test func `is listed from as many pieces on as the shop says, the scarcest first`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let seller = try await market.given.verifiedSeller()
            let other = try await market.given.verifiedSeller()
            for (title, stock) in [("Gone", 0), ("Five", 5), ("Two", 2), ("Many", 50)] {
                let made = try await kernel.createListing(
                    ListingDraft(
                        title: title,
                        variants: [VariantDraft(price: Money(900, .eur), onHand: stock)]),
                    as: seller.member)
                try await kernel.publishListing(made.listing.id, as: seller.member)
            }
            func titles() async throws -> [String] {
                try await kernel.scarceStock(as: seller.member).items.map(\.title)
            }
            #expect(try await kernel.lowStock(as: seller.member) == 3)
            #expect(try await titles() == ["Gone", "Two"])
            #expect(try await kernel.glance(as: seller.member).runningOut == 1)

            try await kernel.setLowStock(5, as: seller.member)
            #expect(try await titles() == ["Gone", "Two", "Five"])
            #expect(try await kernel.glance(as: seller.member).runningOut == 2)
            // Page by page it is the same list, and two that are as scarce are on one page each.
            var paged: [String] = []
            var after: String?
            repeat {
                let page = try await kernel.scarceStock(
                    as: seller.member, PageRequest(after: after, limit: 1))
                #expect(page.items.count == 1)
                paged += page.items.map(\.title)
                after = page.next
            } while after != nil && paged.count < 9
            #expect(paged == ["Gone", "Two", "Five"])
            #expect(try await kernel.scarceStock(as: other.member).items.isEmpty)
            #expect(try await kernel.lowStock(as: other.member) == 3)

            try await kernel.setLowStock(0, as: seller.member)
            #expect(try await titles() == ["Gone"])
            for wrong in [-1, 1001] {
                await #expect(throws: ListingRefusal.quantityInvalid) {
                    try await kernel.setLowStock(wrong, as: seller.member)
                }
            }
            let finance = SellerMember(
                seller: seller.id, account: seller.owner.id, role: .finance)
            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.setLowStock(1, as: finance)
            }
        }
    }
}
