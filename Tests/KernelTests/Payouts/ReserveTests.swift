import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Keeping a reserve` {
    static func tenPercent(days: Int = 30) throws -> ReservePolicy {
        try ReservePolicy.checked(rate: PartsPerMillion(percent: 10), days: days)
    }

    @Test func `a part of each order becomes available later, to the cent`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            try await earnings.keep(try Self.tenPercent())
            let share = try await earnings.delivered(price: 4251).order.amounts.sellerShare
            try await earnings.waitForHolds()
            _ = try await market.marketplace.releaseHolds()

            let balance = try await earnings.balance()
            let kept = try PartsPerMillion(percent: 10).of(share)
            #expect(balance.reserved == kept && balance.pending.isZero)
            #expect(try balance.available.adding(kept) == share)
            try await earnings.checkBooks()

            try await market.marketplace.moveClock(by: .seconds(29 * 86_400), as: nil)
            #expect(try await market.marketplace.releaseReserves() == 0)
            try await market.marketplace.moveClock(by: .seconds(2 * 86_400), as: nil)
            #expect(try await market.marketplace.releaseReserves() == 1)
            #expect(try await earnings.balance().available == share)
            try await earnings.checkBooks()
        }
    }

    @Test func `what was kept is paid out as a second part of the same order`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            try await earnings.keep(try Self.tenPercent())
            let share = try await earnings.delivered(price: 2000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            let first = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            try await market.marketplace.moveClock(by: .seconds(31 * 86_400), as: nil)
            let second = try await market.marketplace.runPayouts()
            try await market.worker().drain()

            #expect(second.payouts.first?.items.map(\.part) == [2])
            let paid = try Money.sum((first.payouts + second.payouts).map(\.amount), .eur)
            #expect(paid == share)
            #expect(try Money.sum(earnings.shop.bank.paidOut, .eur) == share)
            try await earnings.checkBooks()
        }
    }

    @Test func `a refund after the payout takes the order's reserve before it makes a debt`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            try await earnings.keep(try Self.tenPercent())
            let order = try await earnings.delivered(price: 2000)
            let share = order.order.amounts.sellerShare
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            let kept = try await earnings.balance().reserved
            try await earnings.refund(order)

            let balance = try await earnings.balance()
            #expect(kept.isPositive && balance.reserved.isZero)
            #expect(balance.debt.amount == kept.amount - share.amount)
            try await market.marketplace.moveClock(by: .seconds(31 * 86_400), as: nil)
            while try await market.marketplace.releaseReserves() > 0 {}
            try await earnings.checkBooks()
        }
    }

    @Test func `a seller sees every bucket, and the day on which it moves`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            try await earnings.keep(try Self.tenPercent())
            let first = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.releaseHolds()
            let second = try await earnings.delivered(price: 3000)
            let now = try await market.marketplace.marketNow()

            let moves = try await market.marketplace.upcomingMoves(
                of: earnings.seller.id, PageRequest())
            let page = try await market.marketplace.upcomingMoves(
                of: earnings.seller.id, PageRequest(limit: 1))
            let rest = try await market.marketplace.upcomingMoves(
                of: earnings.seller.id, PageRequest(after: page.next))

            #expect(moves.items.map(\.bucket) == [.pending, .reserved])
            #expect(moves.items.map(\.order) == [second.order.id, first.order.id])
            #expect(moves.items.first?.amount == second.order.amounts.sellerShare)
            let days = moves.items.map { move in
                (move.at.secondsSince1970 - now.secondsSince1970 + 3600) / 86_400
            }
            #expect(days == [7, 30])
            #expect((page.items + rest.items) == moves.items)
        }
    }

    @Test(arguments: [(1_000_001, 30), (-1, 30), (100_000, 0), (100_000, 366)])
    func `a policy that cannot be is refused`(rate: Int64, days: Int) throws {
        #expect(throws: InputRefusal.self) {
            try ReservePolicy.checked(rate: PartsPerMillion(rate), days: days)
        }
    }
}
