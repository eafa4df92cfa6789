import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Frozen money` {
    @Test func `lies in an account of its own, and is available again when the freeze is lifted`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await FrozenShop(market)
            #expect(try await shop.earnings.balance().frozen == shop.share)
            #expect(try await shop.earnings.balance().available.isZero)
            try await shop.earnings.checkBooks()

            try await shop.lift()

            #expect(try await shop.earnings.balance().available == shop.share)
            #expect(try await shop.earnings.balance().frozen.isZero)
            try await shop.earnings.checkBooks()
        }
    }

    @Test func `grows by what becomes available while the freeze lasts`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await FrozenShop(market)
            let later = try await shop.earnings.delivered(price: 3000).order.amounts.sellerShare
            try await shop.earnings.waitForHolds()

            let run = try await market.marketplace.runPayouts()

            #expect(run.payouts.isEmpty && run.waiting.map(\.reason) == [.frozen])
            #expect(try await shop.earnings.balance().frozen == shop.share.adding(later))
            try await shop.lift()
            let paid = try await market.marketplace.runPayouts().payouts.map(\.amount)
            #expect(paid == [try shop.share.adding(later)])
            try await shop.earnings.checkBooks()
        }
    }

    @Test func `pays a refund of its own order before that becomes a debt`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await FrozenShop(market)
            try await shop.earnings.refund(shop.sold)

            let balance = try await shop.earnings.balance()
            #expect(balance.frozen.isZero && balance.debt.isZero && balance.available.isZero)
            try await shop.earnings.checkBooks()
        }
    }

    @Test func `frozen and lifted many times at once ends where the last word leaves it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await FrozenShop(market)
            await withTaskGroup(of: Void.self) { group in
                for turn in 0..<12 {
                    group.addTask {
                        if turn.isMultiple(of: 2) {
                            try? await shop.lift()
                        } else {
                            try? await shop.freeze()
                        }
                        _ = try? await market.marketplace.settleFreezes()
                    }
                }
            }
            try await market.marketplace.settleFreezes()

            let isFrozen =
                try await market.marketplace.payoutFreeze(of: shop.earnings.seller.id) != nil
            let balance = try await shop.earnings.balance()
            #expect((isFrozen ? balance.frozen : balance.available) == shop.share)
            #expect((isFrozen ? balance.available : balance.frozen).isZero)
            try await shop.earnings.checkBooks()
        }
    }

    @Test func `of more orders than one posting holds is frozen all the same`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            try await earnings.addDelivered(copies: FreezableAccount.ordersMax + 1, of: order)
            while try await kernel.releaseHolds() > 0 {}
            let available = try await earnings.balance().available

            try await kernel.freezePayouts(
                of: earnings.seller.id, reason: "complaints",
                by: try await market.given.administrator().id)

            let balance = try await earnings.balance()
            #expect(balance.frozen == available && balance.available.isZero)
        }
    }

    @Test func `whose books are at fault keeps nobody else's money`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let shop = try await FrozenShop(market)
            let other = try await Earnings(market, shop: shop.earnings.shop)
            _ = try await other.delivered(price: 3000)
            try await other.waitForHolds()
            try await market.storage.tamper([
                """
                update ledger_balance set balance = 1 where account_id in
                    (select id from ledger_account where kind = 'seller_frozen')
                """
            ])

            try await shop.lift()
            let run = try await market.marketplace.runPayouts()

            #expect(run.payouts.map(\.seller) == [other.seller.id])
            #expect(try await market.marketplace.payoutFreeze(of: shop.earnings.seller.id) == nil)
        }
    }

    /// Read one account at a time, the one at fault comes first and always again.
    @Test func `whose books are at fault starves nobody behind it`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let kernel = market.marketplace
            let first = try await FrozenShop(market)
            let second = try await Earnings(market, shop: first.earnings.shop)
            let share = try await second.delivered(price: 3000).order.amounts.sellerShare
            try await second.waitForHolds()
            while try await kernel.releaseHolds() > 0 {}
            try await market.storage.tamper([
                """
                update ledger_balance set balance = 1 where account_id in
                    (select id from ledger_account where kind = 'seller_frozen')
                """
            ])
            try await first.lift()
            try await market.database.execute(
                """
                insert into payout_freeze (id, seller_id, reason)
                values (gen_random_uuid(), \(second.seller.id), 'complaints')
                """)

            try await kernel.settleFreezes(of: nil, limit: 1)

            #expect(try await second.balance().frozen == share)
        }
    }

    @Test func `that no administrator froze is named by the verification`() async throws {
        try await TestMarketplace.run { market in
            _ = try await FrozenShop(market)
            try await market.storage.tamper(["delete from payout_freeze"])

            let faults = try await market.marketplace.verifyLedger().checks
                .filter { !$0.culprits.isEmpty }

            #expect(faults.map(\.claim) == ["Only what an administrator froze is frozen"])
        }
    }
}

/// A seller with one delivered order, whose payouts are frozen.
private struct FrozenShop {
    let earnings: Earnings
    let sold: OrderDetail
    let share: Money
    private let admin: ID<Account>
    private let kernel: Marketplace

    init(_ market: TestMarketplace) async throws {
        kernel = market.marketplace
        earnings = try await Earnings(market)
        sold = try await earnings.delivered(price: 2000)
        share = sold.order.amounts.sellerShare
        try await earnings.waitForHolds()
        while try await kernel.releaseHolds() > 0 {}
        admin = try await market.given.administrator().id
        try await freeze()
    }

    func freeze() async throws {
        try await kernel.freezePayouts(of: earnings.seller.id, reason: "complaints", by: admin)
    }

    func lift() async throws {
        try await kernel.liftFreeze(of: earnings.seller.id, reason: "all is well", by: admin)
    }
}
