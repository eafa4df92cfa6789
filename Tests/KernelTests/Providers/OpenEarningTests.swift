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

    /// The larger part of it was paid; what is left is paid much later, by the same provider.
    @Test func `is also what is kept in reserve of an order that was paid`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let provider = earnings.shop.payment
            try await earnings.keep(try `Keeping a reserve`.tenPercent())
            let order = try await earnings.delivered(price: 4250)
            try await earnings.waitForHolds()
            _ = try await kernel.runPayouts()
            try await market.worker().drain()
            _ = try await kernel.drainProviderInstance(provider, reason: "We leave.", as: nil)

            #expect(try await isHolding(earnings))
            await #expect(throws: ProviderRefusal.self) {
                try await kernel.retireProviderInstance(provider, reason: "We left.", as: nil)
            }
            try await kernel.moveClock(by: .seconds(31 * 86_400), as: nil)
            #expect(try await kernel.releaseReserves() == 1)
            #expect(try await isHolding(earnings), "it is available, and not paid yet")

            _ = try await kernel.runPayouts()
            try await market.worker().drain()
            let paid = try Money.sum(earnings.shop.bank.paidOut, .eur)
            #expect(paid == order.order.amounts.sellerShare)
            #expect(try await !isHolding(earnings))
            let retired = try await kernel.retireProviderInstance(
                provider, reason: "We left.", as: nil)
            #expect(retired.state == .retired)
            try await earnings.checkBooks()
        }
    }

    @Test func `is also what is frozen`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let admin = try await market.given.administrator()
            _ = try await earnings.delivered(price: 4250)
            try await earnings.waitForHolds()
            while try await kernel.releaseHolds() > 0 {}
            try await kernel.freezePayouts(
                of: earnings.seller.id, reason: "complaints", by: admin.id)

            let balance = try await earnings.balance()
            #expect(balance.frozen.isPositive && balance.available.isZero)
            #expect(try await isHolding(earnings))
        }
    }

    private func isHolding(_ earnings: Earnings) async throws -> Bool {
        try await earnings.market.marketplace.openItemCounts(of: earnings.shop.payment)
            .contains { $0.kind == .earning }
    }
}
