import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `What waits for somebody` {
    @Test func `is nothing in an empty market`() async throws {
        try await TestMarketplace.run { market in
            let waits = try await market.marketplace.whatWaits()

            #expect(waits.sellersSubmitted == 0)
            #expect(waits.paymentsUnknown == 0)
            #expect(waits.capturesRefused == 0)
            #expect(waits.listingsBlocked == 0)
            #expect(waits.bankPayoutsFailed == 0)
        }
    }

    @Test func `is a payment that nobody knows, until it is known`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            shop.bank.fail(.answerLost)
            _ = try await shop.place(checkout)
            #expect(try await market.marketplace.whatWaits().paymentsUnknown == 1)

            try await shop.hurry()
            try await shop.settle()

            #expect(try await market.marketplace.whatWaits().paymentsUnknown == 0)
        }
    }

    @Test func `is a listing that was blocked, until it is let go`() async throws {
        try await TestMarketplace.run { market in
            let admin = try await market.given.administrator()
            let bowl = try await market.given.listing(
                by: try await market.given.verifiedSeller())

            try await market.marketplace.blockListing(bowl.id, reason: "stolen", by: admin.id)
            #expect(try await market.marketplace.whatWaits().listingsBlocked == 1)
            try await market.marketplace.unblockListing(bowl.id, reason: "not so", by: admin.id)

            #expect(try await market.marketplace.whatWaits().listingsBlocked == 0)
        }
    }
}
