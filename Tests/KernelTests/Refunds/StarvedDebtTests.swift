import Kernel
import Postgres
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

    @Test func `of a seller with two wallets are paid from both at once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let (seller, shop) = (earnings.seller, earnings.shop)
            let owed = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            _ = try await kernel.runPayouts()
            try await market.worker().drain()
            try await earnings.refund(owed)
            let known = try #require(try await kernel.wallets(as: seller.member).first)
            let second = try await kernel.addWallet(
                WalletDraft(kind: known.kind, label: "Second", details: known.details),
                as: seller.member)
            // Neither has enough for all of it.
            _ = try await earnings.delivered(price: 1500)
            let thing = try await shop.thing(by: seller, price: 1500)
            try await market.database.execute(
                "update listing set wallet_id = \(second.id) where id = \(thing.listing)")
            let order = try #require(try await shop.bought(thing).first)
            try await kernel.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            try await kernel.confirmDelivery(order.order.id, as: shop.buyer)
            try await earnings.waitForHolds()
            while try await kernel.releaseHolds() > 0 {}

            let paid = try await kernel.recoverDebts(limit: 1)

            #expect(paid == 2)
            let balances = try await kernel.balances(of: seller.id)
            #expect(balances.allSatisfy { $0.debt.isZero })
            #expect(balances.contains { $0.available.isPositive })
        }
    }

    @Test func `of wallets whose books are at fault keep nobody else's from being paid`()
        async throws
    {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let kernel = market.marketplace
            let broken = try await Earnings(market)
            let other = try await Earnings(market, shop: broken.shop)
            for earnings in [broken, other] {
                let first = try await earnings.delivered(price: 2000)
                try await earnings.waitForHolds()
                _ = try await kernel.runPayouts()
                try await market.worker().drain()
                try await earnings.refund(first)
            }
            for earnings in [broken, other] { _ = try await earnings.delivered(price: 5000) }
            try await broken.waitForHolds()
            while try await kernel.releaseHolds() > 0 {}
            try await market.storage.tamper([
                """
                update ledger_balance set balance = 1 where account_id in (
                    select id from ledger_account
                    where kind = 'seller_available' and wallet_id = \(broken.seller.wallet))
                """
            ])

            let paid = try await kernel.recoverDebts()

            #expect(paid == 1)
            #expect(try await other.balance().debt.isZero)
        }
    }
}
