import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `Debts that nothing can be taken for yet` {
    /// Read one debt at a time, the one that cannot be paid comes first and always again.
    @Test func `keep nobody else's from being paid`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let stuck = try await Earnings(market)
            let other = try await Earnings(market, shop: stuck.shop)
            for earnings in [stuck, other] {
                let first = try await earnings.delivered(price: 2000)
                try await earnings.waitForHolds()
                _ = try await kernel.runPayouts()
                try await market.worker().drain()
                try await earnings.refund(first)
            }
            let waiting = try await stuck.delivered(price: 5000)
            _ = try await other.delivered(price: 5000)
            try await stuck.waitForHolds()
            while try await kernel.releaseHolds() > 0 {}
            // What goes back of an order is not known, so that nothing of it may be taken.
            stuck.shop.bank.fail(.callLost)
            try await stuck.refund(waiting)

            let paid = try await kernel.recoverDebts(limit: 1)

            #expect(paid == 1)
            #expect(try await other.balance().debt.isZero)
            #expect(try await !stuck.balance().debt.isZero)
        }
    }
}
