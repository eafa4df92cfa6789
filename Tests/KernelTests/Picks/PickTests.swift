import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Choosing for the first page` {
    @Test func `the newest choice comes first, and what is not for sale is skipped`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.account("Ada Admin").id
            let seller = try await market.given.verifiedSeller()
            let mug = try await kernel.publishedListing("Mug", by: seller.member).listing.id
            let bowl = try await kernel.publishedListing("Bowl", by: seller.member).listing.id
            #expect(try await kernel.pickedListings().isEmpty)

            try await kernel.pick(mug, true, by: admin)
            try await kernel.pick(bowl, true, by: admin)
            #expect(try await kernel.pickedListings().map(\.title) == ["Bowl", "Mug"])
            await #expect(throws: ListingRefusal.wrongState) {
                try await kernel.pick(mug, true, by: admin)
            }
            await #expect(throws: ListingRefusal.unknown) {
                try await kernel.pick(ID<Listing>(), true, by: admin)
            }

            try await kernel.unpublishListing(bowl, as: seller.member)
            #expect(try await kernel.pickedListings().map(\.title) == ["Mug"])
            try await kernel.publishListing(bowl, as: seller.member)
            #expect(try await kernel.pickedListings().map(\.title) == ["Bowl", "Mug"])
            try await kernel.pick(bowl, false, by: admin)
            #expect(try await kernel.pickedListings().map(\.title) == ["Mug"])
            await #expect(throws: ListingRefusal.wrongState) {
                try await kernel.pick(bowl, false, by: admin)
            }
        }
    }

    @Test func `makers who may not sell are not shown`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let admin = try await market.given.account("Ada Admin").id
            let seller = try await market.given.verifiedSeller()

            try await kernel.pick(seller.id, true, by: admin)
            #expect(try await kernel.pickedMakers().map(\.id) == [seller.id])
            #expect(try await kernel.isPicked(seller.id))
            await #expect(throws: SellerRefusal.wrongState) {
                try await kernel.pick(seller.id, true, by: admin)
            }

            try await kernel.suspendSeller(seller.id, reason: "A question is open.", by: admin)
            #expect(try await kernel.pickedMakers().isEmpty)
            try await kernel.reinstateSeller(seller.id, reason: "It is answered.", by: admin)
            try await kernel.pick(seller.id, false, by: admin)
            #expect(try await kernel.pickedMakers().isEmpty)
        }
    }
}
