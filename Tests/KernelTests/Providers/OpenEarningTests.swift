import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `What a provider still holds for sellers` {
    @Test func `is nothing of an order whose money paid what its seller owed`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let paid = try await earnings.delivered(price: 4250)
            try await earnings.waitForHolds()
            _ = try await kernel.runPayouts()
            try await market.worker().drain()
            try await earnings.refund(paid)
            let next = try await earnings.delivered(price: 999)
            try await earnings.waitForHolds()
            #expect(try await isHolding(earnings), "\(next.order.number) is not paid yet")

            while try await kernel.releaseHolds() > 0 {}
            while try await kernel.recoverDebts() > 0 {}

            let balance = try await earnings.balance()
            #expect(balance.available.isZero && balance.debt.isNegative)
            #expect(try await !isHolding(earnings))
            let provider = earnings.shop.payment
            _ = try await kernel.drainProviderInstance(provider, reason: "We leave.", as: nil)
            let retired = try await kernel.retireProviderInstance(
                provider, reason: "We left.", as: nil)
            #expect(retired.state == .retired)
            try await earnings.checkBooks()
        }
    }

    private func isHolding(_ earnings: Earnings) async throws -> Bool {
        try await earnings.market.marketplace.openItemCounts(of: earnings.shop.payment)
            .contains { $0.kind == .earning }
    }
}
