import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Payouts that must wait` {
    @Test func `a frozen seller is not paid, knows why, and is paid when the freeze is lifted`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 2000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            let admin = try await market.given.administrator()
            try await market.marketplace.freezePayouts(
                of: earnings.seller.id, reason: "complaints are looked at", by: admin.id)

            let frozen = try await market.marketplace.runPayouts()
            #expect(frozen.payouts.isEmpty && frozen.waiting.map(\.reason) == [.frozen])
            let freeze = try await market.marketplace.payoutFreeze(of: earnings.seller.id)
            #expect(freeze?.reason == "complaints are looked at")
            await #expect(throws: PayoutRefusal.alreadyFrozen) {
                try await market.marketplace.freezePayouts(
                    of: earnings.seller.id, reason: "twice", by: admin.id)
            }

            try await market.marketplace.liftFreeze(
                of: earnings.seller.id, reason: "all is well", by: admin.id)
            #expect(try await market.marketplace.runPayouts().payouts.map(\.amount) == [share])
            await #expect(throws: PayoutRefusal.notFrozen) {
                try await market.marketplace.liftFreeze(
                    of: earnings.seller.id, reason: "again", by: admin.id)
            }
        }
    }

    @Test func `a payout that was set aside before the freeze is stopped before it is sent`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            let admin = try await market.given.administrator()
            try await market.marketplace.freezePayouts(
                of: earnings.seller.id, reason: "complaints", by: admin.id)

            let stopped = try await market.marketplace.sendPayout(payout.id)

            #expect(stopped.state == .failed)
            #expect(earnings.shop.bank.paidOut.isEmpty)
            #expect(try await earnings.balance().available == payout.amount)
            try await earnings.checkBooks()
        }
    }

    @Test(arguments: ["applied", "rejected", "suspended"])
    func `a seller who is not verified is not paid`(state: String) async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            _ = try await earnings.delivered(price: 1000)
            try await earnings.waitForHolds()
            try await market.database.execute(
                "update seller set state = \(state) where id = \(earnings.seller.id)")

            let run = try await market.marketplace.runPayouts()
            let plan = try await market.marketplace.makePayoutPlan(by: nil)

            #expect(run.payouts.isEmpty && run.waiting.map(\.reason) == [.notVerified])
            await #expect(throws: PayoutRefusal.planEmpty) {
                try await market.marketplace.applyPayoutPlan(plan.id, by: nil)
            }
            #expect(try await market.marketplace.sendPayout(payout.id).state == .failed)
            #expect(earnings.shop.bank.paidOut.isEmpty)
        }
    }

    @Test func `another account holds payouts for 72 hours, and the team is told`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 2000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            var draft = WalletDraft(
                kind: .platformBalance, label: "Bank",
                details: WalletDetails(holder: "Thief", iban: "FR1420041010050500013M02606"))
            try await market.marketplace.editWallet(
                earnings.seller.wallet, draft, as: earnings.seller.member)

            #expect(
                try await market.marketplace.runPayouts().waiting.map(\.reason) == [.newAccount])
            try await market.marketplace.moveClock(by: .seconds(71 * 3600), as: nil)
            draft.label = "The same bank"
            try await market.marketplace.editWallet(
                earnings.seller.wallet, draft, as: earnings.seller.member)
            #expect(
                try await market.marketplace.runPayouts().waiting.map(\.reason) == [.newAccount])
            try await market.marketplace.moveClock(by: .seconds(2 * 3600), as: nil)
            #expect(try await market.marketplace.runPayouts().payouts.map(\.amount) == [share])

            try await market.tellEverybody()
            let told = try await market.marketplace.notices(
                of: earnings.seller.owner.id, as: .seller, PageRequest()
            ).items.filter { $0.topic == "wallet.account-changed" }
            #expect(told.count == 1)
            #expect(told.first?.payload.contains("DE89 •••• 3000") == true)
            #expect(told.first?.payload.contains("FR14 •••• 2606") == true)
        }
    }

    @Test func `a payout on its way keeps the account that it was claimed for`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            try await market.marketplace.editWallet(
                earnings.seller.wallet,
                WalletDraft(
                    kind: .platformBalance, label: "Bank",
                    details: WalletDetails(holder: "T", iban: "FR1420041010050500013M02606")),
                as: earnings.seller.member)

            _ = try await market.marketplace.sendPayout(payout.id)

            #expect(earnings.shop.bank.destinations == ["DE89370400440532013000"])
        }
    }

    @Test func `what the bank sends back is available again, and waits for a look at the account`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            let paid = try await market.marketplace.sendPayout(payout.id)
            var news = PayoutSnapshot(
                reference: paid.reference ?? "", payoutID: "\(payout.id)", status: .failed,
                amount: payout.amount, version: 1, failureCode: "AC04 account closed")
            // Older than what is known: it is the news of before the payment.
            #expect(try await market.marketplace.settlePayout(payout.id, news).state == .paid)
            news.version = 2
            earnings.shop.bank.sendBack(payout.amount)
            let back = try await market.marketplace.settlePayout(payout.id, news)
            _ = try await market.marketplace.settlePayout(payout.id, news)

            #expect(back.state == .returned && back.failure == "AC04 account closed")
            #expect(try await earnings.balance().available == payout.amount)
            #expect(try await market.marketplace.runPayouts().waiting.map(\.reason) == [.returned])
            try await earnings.checkBooks()

            let wallets = try await market.marketplace.wallets(as: earnings.seller.member)
            let wallet = try #require(wallets.first)
            try await market.marketplace.editWallet(
                wallet.id,
                WalletDraft(kind: wallet.kind, label: wallet.label, details: wallet.details),
                as: earnings.seller.member)
            let again = try await market.marketplace.runPayouts()
            #expect(again.payouts.map(\.amount) == [payout.amount])
            try await market.worker().drain()
            try await earnings.checkBooks()
            let platform = try await market.marketplace.platformBalances()
            let clearing = platform.filter { $0.kind == .providerClearing }
                .reduce(0) { $0 + $1.balance.amount }
            #expect(clearing == -earnings.shop.bank.held)
        }
    }
}
