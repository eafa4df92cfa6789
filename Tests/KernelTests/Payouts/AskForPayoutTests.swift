import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `A payout that its seller asks for` {
    /// Earnings of one order that can be paid.
    private func available(
        _ market: TestMarketplace, price: Int64 = 2000
    ) async throws -> Earnings {
        let earnings = try await Earnings(market)
        _ = try await earnings.delivered(price: price)
        try await release(earnings)
        return earnings
    }

    private func release(_ earnings: Earnings) async throws {
        try await earnings.waitForHolds()
        while try await earnings.market.marketplace.releaseHolds() > 0 {}
    }

    private func offer(_ earnings: Earnings) async throws -> PayoutOffer {
        try await earnings.market.marketplace.payoutOffer(
            of: earnings.seller.wallet, .eur, as: earnings.seller.member)
    }

    private func ask(_ earnings: Earnings, _ amount: Money) async throws -> [Payout] {
        try await earnings.market.marketplace.askForPayout(
            of: earnings.seller.wallet, amount, as: earnings.seller.member)
    }

    @Test func `is what was shown, sent to the account as any other, and in the trail`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await available(market)
            let share = try await earnings.balance().available

            let offer = try await offer(earnings)
            #expect(offer.amount == share && offer.refusal == nil)
            #expect(offer.payouts.map(\.items.count) == [1] && offer.staying.isEmpty)
            #expect(try await earnings.balance().available == share, "a look moves nothing")
            let payouts = try await ask(earnings, share)
            #expect(payouts.map(\.amount) == [share] && payouts[0].state == .held)
            try await market.worker().drain()

            #expect(earnings.shop.bank.paidOut == [share])
            #expect(try await self.offer(earnings).refusal == .nothingAvailable)
            let line = try #require(
                try await market.marketplace.auditTrail(
                    .seller(earnings.seller.id), PageRequest()
                ).items.first)
            #expect(line.action == "payout.asked-for" && line.objectID == "\(payouts[0].id)")
            #expect(line.actor == earnings.seller.owner.id && line.actorKind == .seller)
            #expect(line.after?.contains("\(share.amount)") == true)
            #expect(line.after?.contains("DE89") == false, "no account stands in the trail")
            try await earnings.checkBooks()
        }
    }

    /// Whoever is second finds the first one's payout.
    @Test(arguments: [true, false])
    func `is made once beside the schedule's run`(_ isAskedFirst: Bool) async throws {
        try await TestMarketplace.run { market in
            let earnings = try await available(market)
            try await earnings.schedule(.daily)
            try await market.marketplace.moveClock(by: .seconds(2 * 86_400), as: nil)
            let share = try await earnings.balance().available
            let other = try market.anotherProcess()
            let wallet = earnings.seller.wallet
            let member = earnings.seller.member
            let kernel = market.marketplace
            let asks: @Sendable () async throws -> Int = {
                try await kernel.askForPayout(of: wallet, share, as: member).count
            }
            let runs: @Sendable () async throws -> Int = {
                try await other.runSchedules().payouts.count
            }

            let ended = try await market.inTurn(
                lockedBy: "select from ledger_balance for update",
                isAskedFirst ? [asks, runs] : [runs, asks])

            #expect(try ended[0].get() == 1)
            if isAskedFirst {
                #expect(try ended[1].get() == 0)
            } else {
                #expect(throws: OwnPayoutRefusal.underWay) { try ended[1].get() }
            }
            try await market.worker().drain()
            #expect(earnings.shop.bank.paidOut == [share])
            try await earnings.checkBooks()
            await other.database.close()
        }
    }

    @Test func `is made once when two colleagues ask at once`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await available(market)
            let share = try await earnings.balance().available
            let wallet = earnings.seller.wallet
            let member = earnings.seller.member
            let kernel = market.marketplace
            let asks: @Sendable () async throws -> Int = {
                try await kernel.askForPayout(of: wallet, share, as: member).count
            }

            let ended = try await market.inTurn(
                lockedBy: "select from ledger_balance for update", [asks, asks])

            #expect(try ended[0].get() == 1)
            #expect(throws: OwnPayoutRefusal.underWay) { try ended[1].get() }
            try await market.worker().drain()
            #expect(earnings.shop.bank.paidOut == [share])
        }
    }

    @Test func `is refused where another amount is available than was shown`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await available(market)
            let shown = try await offer(earnings).amount
            _ = try await earnings.delivered(price: 1000)
            try await release(earnings)

            await #expect(throws: OwnPayoutRefusal.changed) { try await ask(earnings, shown) }

            let now = try await offer(earnings).amount
            #expect(try await ask(earnings, now).map(\.amount) == [now])
        }
    }

    @Test func `waits while nothing is there, too little, or another one is under way`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            #expect(try await offer(earnings).refusal == .nothingAvailable)
            _ = try await earnings.delivered(price: 2000)
            #expect(try await offer(earnings).refusal == .nothingAvailable, "it is held")
            try await release(earnings)
            let share = try await earnings.balance().available

            try await earnings.schedule(.daily, minimum: 5000)
            #expect(try await offer(earnings).refusal == .belowMinimum)
            await #expect(throws: OwnPayoutRefusal.belowMinimum) {
                try await ask(earnings, share)
            }
            try await earnings.schedule(.daily, minimum: 0)
            _ = try await ask(earnings, share)
            _ = try await earnings.delivered(price: 1000)
            try await release(earnings)
            #expect(try await offer(earnings).refusal == .underWay)
        }
    }

    @Test func `waits while the market or its own schedule forbids it`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await available(market)
            let seller = earnings.seller
            let share = try await earnings.balance().available
            let admin = try await market.given.administrator()

            try await earnings.schedule(.manual)
            await #expect(throws: OwnPayoutRefusal.byMarketOnly) {
                try await ask(earnings, share)
            }
            try await earnings.schedule(.daily)
            try await kernel.setApprovalLimit(
                .eur, to: share.amount, reason: "small market", by: admin.id)
            let large = try await offer(earnings)
            #expect(large.refusal == .needsApproval && large.amount.isZero)
            #expect(large.staying.map(\.amount) == [share])
            try await market.storage.tamper(["delete from payout_approval_limit"])
            try await kernel.freezePayouts(of: seller.id, reason: "looked at", by: admin.id)
            await #expect(throws: OwnPayoutRefusal.frozen) { try await ask(earnings, share) }
            try await kernel.liftFreeze(of: seller.id, reason: "in order", by: admin.id)
            try await market.database.execute("update seller set state = 'suspended'")
            await #expect(throws: OwnPayoutRefusal.notVerified) {
                try await ask(earnings, share)
            }
            try await market.database.execute("update seller set state = 'verified'")

            #expect(try await ask(earnings, share).map(\.amount) == [share])
        }
    }

    @Test func `waits for an account that can be paid into`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await available(market)
            let changes: [(SQL, SQL, OwnPayoutRefusal)] = [
                (
                    "update wallet set returned_at = market_now()",
                    "update wallet set returned_at = null", .accountReturned
                ),
                (
                    "update wallet set details_changed_at = market_now()",
                    "update wallet set details_changed_at = null", .accountNew
                ),
                ("update wallet set details = '{}'", "select", .noDestination),
            ]
            #expect(try await offer(earnings).refusal == nil)
            for (change, undo, refusal) in changes {
                try await market.database.execute(change)
                #expect(try await offer(earnings).refusal == refusal)
                try await market.database.execute(undo)
            }
        }
    }

    @Test func `waits for what the shop owes`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            try await release(earnings)
            _ = try await ask(earnings, try await earnings.balance().available)
            try await market.worker().drain()
            try await earnings.refund(order)
            #expect(try await earnings.balance().debt.isNegative)

            #expect(try await offer(earnings).refusal == .debtStands)
            await #expect(throws: OwnPayoutRefusal.debtStands) {
                try await ask(earnings, Money(100, .eur))
            }
        }
    }

    @Test func `is only for whoever runs the shop's wallets, and of one's own`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await available(market)
            let share = try await earnings.balance().available
            let clerk = try await market.given.account("Clerk")
            try await kernel.addMember(
                email: clerk.email, role: .orders, as: earnings.seller.member)
            let member = try await kernel.membership(of: clerk.id, in: earnings.seller.id)
            let other = try await market.given.verifiedSeller("Other")

            await #expect(throws: SellerRefusal.notAllowed) {
                try await kernel.askForPayout(of: earnings.seller.wallet, share, as: member)
            }
            await #expect(throws: WalletRefusal.unknown) {
                try await kernel.askForPayout(
                    of: earnings.seller.wallet, share, as: other.member)
            }
            #expect(earnings.shop.bank.paidOut.isEmpty)
        }
    }
}
