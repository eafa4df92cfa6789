import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A refund that is under way` {
    @Test func `is not ended by news of another amount`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 2)
            let id = try await counter.ask(order, .amount(Money(1000, .eur)))
            let refund = try #require(try await market.database.refunds.find(id))

            await #expect(throws: SnapshotQuarantined.self) {
                try await market.marketplace.settleRefund(
                    id, of: refund.payment,
                    RefundSnapshot(
                        reference: "re_1", paymentReference: "", status: .succeeded,
                        amount: Money(999, .eur), version: 5), attempt: nil)
            }

            #expect(try await market.database.refunds.find(id)?.state == .pending)
            try await counter.settle()
            #expect(try await market.database.refunds.find(id)?.state == .succeeded)
            #expect(
                try await market.database.refunds.find(id)?.amount == Money(1000, .eur))
        }
    }

    /// What was released is never looked at again, and what goes back would be owed.
    @Test func `keeps its order's money from being released`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            let admin = try await market.given.administrator()
            try await market.marketplace.refundOrder(
                order.order.id, .amount(Money(500, .eur)), reason: "a crack",
                as: .admin(admin.id))
            try await earnings.waitForHolds()

            #expect(try await market.marketplace.releaseHolds() == 0)
            #expect(try await earnings.balance().available.isZero)
            try await earnings.shop.settle()
            #expect(try await market.marketplace.releaseHolds() == 1)

            let balance = try await earnings.balance()
            #expect(balance.available.isPositive && balance.pending.isZero)
            try await earnings.checkBooks()
        }
    }

    @Test func `keeps its order's money from being paid out`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            #expect(try await market.marketplace.releaseHolds() == 1)
            let admin = try await market.given.administrator()
            try await market.marketplace.refundOrder(
                order.order.id, .amount(Money(500, .eur)), reason: "a crack",
                as: .admin(admin.id))

            #expect(try await market.marketplace.runPayouts().payouts.isEmpty)
            try await earnings.shop.settle()
            let left = try await earnings.balance().available

            #expect(try await market.marketplace.runPayouts().payouts.map(\.amount) == [left])
            try await earnings.checkBooks()
        }
    }

    @Test func `keeps what is in reserve there`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            try await earnings.keep(
                try ReservePolicy.checked(rate: PartsPerMillion(percent: 10), days: 30))
            let order = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            #expect(try await market.marketplace.releaseHolds() == 1)
            let admin = try await market.given.administrator()
            try await market.marketplace.refundOrder(
                order.order.id, .amount(Money(500, .eur)), reason: "a crack",
                as: .admin(admin.id))
            try await market.marketplace.moveClock(by: .seconds(31 * 86_400), as: nil)

            #expect(try await market.marketplace.releaseReserves() == 0)
            try await earnings.shop.settle()

            #expect(try await market.marketplace.releaseReserves() == 1)
            #expect(try await earnings.balance().reserved.isZero)
            try await earnings.checkBooks()
        }
    }
}
