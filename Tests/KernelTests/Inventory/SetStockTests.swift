import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Saying how many there are` {
    @Test func `writes down why the number is what it is`() async throws {
        try await TestMarketplace.run { market in
            let seller = try await market.given.verifiedSeller()
            let bowl = try await market.given.listing("Bowl", by: seller, stock: 10)

            try await market.marketplace.setStock(of: bowl.variant, to: 4, as: seller.member)
            try await market.marketplace.setStock(of: bowl.variant, to: 4, as: seller.member)

            let movements = try await market.marketplace.stockMovements(
                of: bowl.variant, as: seller.member
            ).items
            #expect(movements.first?.delta == -6)
            #expect(movements.first?.cause == .set)
            #expect(movements.reduce(0) { $0 + $1.delta } == 4)
        }
    }

    @Test func `is for the shop's own things, and for numbers that can be`() async throws {
        try await TestMarketplace.run { market in
            let (ours, theirs) = (
                try await market.given.verifiedSeller("Ours"),
                try await market.given.verifiedSeller("Theirs")
            )
            let bowl = try await market.given.listing("Bowl", by: theirs)

            await #expect(throws: ListingRefusal.variantUnknown) {
                try await market.marketplace.setStock(of: bowl.variant, to: 1, as: ours.member)
            }
            for impossible in [-1, .max, .min] {
                await #expect(throws: ListingRefusal.quantityInvalid) {
                    try await market.marketplace.setStock(
                        of: bowl.variant, to: impossible, as: theirs.member)
                }
            }
        }
    }
}
