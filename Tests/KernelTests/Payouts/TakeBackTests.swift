import Glibc
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Taking a payout back` {
    /// A payout that was paid into the seller's account at its provider.
    private struct Paid {
        let market: TestMarketplace
        let earnings: Earnings
        let payout: Payout
        let admin: Account

        var kernel: Marketplace { market.marketplace }
        var bank: TestBank { earnings.shop.bank }

        init(_ market: TestMarketplace, connects: Bool = true) async throws {
            self.market = market
            earnings = try await Earnings(market)
            if connects {
                try await market.database.execute(
                    """
                    update provider_instance set module_key = 'test-accounts'
                    where id = \(earnings.shop.payment)
                    """)
                _ = try await market.marketplace.connectPayoutAccount(
                    at: earnings.shop.payment, returnURL: "http://127.0.0.1/return",
                    refreshURL: "http://127.0.0.1/link", as: earnings.seller.member)
            }
            _ = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            let made = try #require(try await market.marketplace.runPayouts().payouts.first)
            try await market.worker().drain()
            payout = try await market.marketplace.payout(made.id, of: nil).payout
            admin = try await market.given.administrator()
            #expect(payout.state == .paid)
        }

        @discardableResult
        func takeBack(freezing: Bool = false) async throws -> PayoutReversal {
            try await kernel.takeBackPayout(
                payout.id, reason: "It was paid to the wrong shop.", freezing: freezing,
                by: admin.id)
        }

        /// How often the seller was told that it came back.
        func told() async throws -> Int {
            try await earnings.shop.count(
                "select count(*) from outbox_event where topic = 'payout.returned'")
        }

        func now() async throws -> Payout { try await kernel.payout(payout.id, of: nil).payout }

        /// What the books say that the provider holds is what it says itself.
        func checkBothBooks() async throws {
            let clearing = try await earnings.shop.count(
                """
                select coalesce(-sum(entry.amount), 0)::bigint from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where account.kind = 'provider_clearing'
                """)
            #expect(clearing == Int(bank.held))
            try await earnings.checkBooks()
        }
    }

    @Test func `says before what will happen, and then it happens, once`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let before = try await paid.kernel.payoutTakeBack(of: paid.payout.id)
            #expect(before.refusal == nil && before.orders == 1 && before.owed.isZero)

            let asked = try await paid.takeBack()
            await #expect(throws: PayoutRefusal.takenBackAlready) { try await paid.takeBack() }
            try await market.worker().drain()
            _ = try await paid.kernel.sendReversal(asked.id)

            #expect(try await paid.now().state == .returned)
            #expect(paid.bank.reversals.map(\.amount) == [paid.payout.amount])
            let balance = try await paid.earnings.balance()
            #expect(balance.available == paid.payout.amount && balance.paying.isZero)
            try await paid.checkBothBooks()
            let after = try await paid.kernel.payoutTakeBack(of: paid.payout.id)
            #expect(after.refusal == .takenBackAlready && after.tried.map(\.state) == [.done])
            let trail = try await paid.kernel.auditTrail(
                .object(kind: "payout", id: paid.payout.id.description), PageRequest())
            #expect(
                Set(trail.items.map(\.action)).isSuperset(
                    of: ["payout.take-back-requested", "payout.taken-back"]))
            let wallets = try await paid.kernel.wallets(as: paid.earnings.seller.member)
            #expect(wallets.allSatisfy { $0.returnedAt == nil }, "nothing is wrong with them")
        }
    }

    @Test func `may freeze the seller's payouts in the same act`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            try await paid.takeBack(freezing: true)
            try await market.worker().drain()

            #expect(
                try await paid.kernel.payoutFreeze(of: paid.earnings.seller.id)?.reason
                    == "It was paid to the wrong shop.")
            let run = try await paid.kernel.runPayouts()
            #expect(run.payouts.isEmpty && run.waiting.map(\.reason) == [.frozen])
        }
    }

    @Test(arguments: [TestBank.Fault.answerLost, .callLost, .unavailable])
    func `is made once, however the call ends`(fault: TestBank.Fault) async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.fail(fault)

            let first = try await paid.kernel.sendReversal(asked.id)
            #expect(first.state.isOpen)
            #expect(try await paid.now().state == .paid)
            let second = try await paid.kernel.sendReversal(asked.id)

            #expect(second.state == .done && paid.bank.reversals.count == 1)
            try await paid.checkBothBooks()
        }
    }

    @Test
    func `that the provider refuses leaves the payout paid, says why, and may be tried again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.fail(.declined)

            let refused = try await paid.kernel.sendReversal(asked.id)
            #expect(refused.state == .failed && refused.failure == "The bank said no.")
            #expect(try await paid.now().state == .paid)

            try await paid.takeBack()
            try await market.worker().drain()
            #expect(try await paid.now().state == .returned)
            try await paid.checkBothBooks()
        }
    }

    @Test func `is settled once when the provider's webhook is faster`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.fail(.answerLost)
            _ = try await paid.kernel.sendReversal(asked.id)
            _ = try await paid.kernel.settlePayout(
                paid.payout.id,
                PayoutSnapshot(
                    reference: paid.payout.reference ?? "", status: .failed,
                    amount: paid.payout.amount, version: 5, failureCode: "reversed"))
            _ = try await paid.kernel.sendReversal(asked.id)

            let now = try await paid.now()
            #expect(now.state == .returned && now.failure == "The market took it back.")
            #expect(try await paid.told() == 1)
            try await paid.checkBothBooks()
        }
    }

    /// Long after it was asked, when nothing of it is on its way any more.
    @Test func `is not over because it cannot be looked up, and is made once`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.fail(.answerLost)
            _ = try await paid.kernel.sendReversal(asked.id)
            try await market.database.execute(
                "update payout_reversal set in_doubt_at = now() - interval '2 hours'")

            for why in [
                ProviderError.invalidRequest(code: "x", message: "What?"),
                .unsupported(operation: "look-ups"), .misconfigured(message: "another key"),
            ] {
                paid.bank.beBlind(why)
                #expect(try await paid.kernel.sendReversal(asked.id).state.isOpen, "\(why)")
            }
            paid.bank.beBlind(nil)

            #expect(try await paid.kernel.sendReversal(asked.id).state == .done)
            #expect(paid.bank.reversals.count == 1)
            try await paid.checkBothBooks()
        }
    }

    @Test func `is told once by two who look it up at the same moment`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.fail(.answerLost)
            _ = try await paid.kernel.sendReversal(asked.id)

            let ends = try await market.inTurn(
                lockedBy: "select id from payout where id = \(paid.payout.id) for update",
                Array(
                    repeating: { @Sendable in try await paid.kernel.sendReversal(asked.id) },
                    count: 2))

            for end in ends { #expect(try end.get().state == .done) }
            #expect(paid.bank.reversals.count == 1)
            #expect(try await paid.told() == 1)
            try await paid.checkBothBooks()
        }
    }

    @Test func `is refused where the provider cannot, and before it is paid`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market, connects: false)
            await #expect(throws: PayoutRefusal.takeBackUnable) { try await paid.takeBack() }
            #expect(
                try await paid.kernel.payoutTakeBack(of: paid.payout.id).refusal
                    == .takeBackUnable)
            let held = try await paid.earnings.heldPayout()
            await #expect(throws: PayoutRefusal.notPaid) {
                try await paid.kernel.takeBackPayout(
                    held.id, reason: "too early", freezing: false, by: paid.admin.id)
            }
            await #expect(throws: PayoutRefusal.unknown) {
                try await paid.kernel.takeBackPayout(
                    ID(), reason: "whose", freezing: false, by: paid.admin.id)
            }
        }
    }

    @Test func `that was asked before ends only by what is known of it`() {
        let wrong = ProviderError.invalidRequest(code: "x", message: "no")
        let unable = ProviderError.unsupported(operation: "reversals")
        func after(_ error: ProviderError, mayHaveArrived: Bool) -> PayoutReversal.State {
            .after(error, wasAsked: true, mayHaveArrived: mayHaveArrived)
        }
        #expect(after(wrong, mayHaveArrived: true) == .unknown)
        #expect(after(unable, mayHaveArrived: true) == .unknown)
        #expect(after(wrong, mayHaveArrived: false) == .failed)
        #expect(after(unable, mayHaveArrived: false) == .failed)
    }

    @Test func `asks nobody for what was refused while its worker slept`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.fail(.callLost)
            _ = try await paid.kernel.sendReversal(asked.id)
            // One worker looks it up and sleeps; another one goes on with it, and is refused.
            paid.bank.meanwhile {
                paid.bank.fail(.declined)
                _ = try? await paid.kernel.sendReversal(asked.id)
            }

            let slept = try await paid.kernel.sendReversal(asked.id)

            #expect(slept.state == .failed)
            #expect(paid.bank.reversals.isEmpty)
            #expect(paid.bank.calls.count { $0 == "reverse" } == 2)
            #expect(try await paid.now().state == .paid)
            try await paid.checkBothBooks()
        }
    }

    @Test func `is not over by a refusal while what was asked before may arrive`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.fail(.callLost, .notSent)
            _ = try await paid.kernel.sendReversal(asked.id)
            #expect(try await paid.kernel.sendReversal(asked.id).state == .unknown)
            try await market.database.execute(
                "update payout_reversal set in_doubt_at = in_doubt_at - interval '31 minutes'")
            paid.bank.fail(.notSent)
            #expect(try await paid.kernel.sendReversal(asked.id).state == .failed)
            try await paid.checkBothBooks()
        }
    }

    @Test func `ends its own doubt by an answer, and nobody else's`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            let reversals = market.database.payoutReversals
            #expect(try await reversals.doubt(asked.id, try: 0) == nil)
            try await reversals.move(asked.id, to: .sent)
            let first = try #require(try await reversals.doubt(asked.id, try: 1))
            let second = try #require(try await reversals.doubt(asked.id, try: 1))
            #expect(first.before == nil && second.before == first.at)

            #expect(try await !reversals.answered(asked.id, first))
            #expect(try await reversals.answered(asked.id, second))

            // Whoever goes on with it next asks; whoever had it before does not.
            try await reversals.move(asked.id, to: .sent)
            #expect(try await reversals.doubt(asked.id, try: 1) == nil)
            #expect(try await reversals.doubt(asked.id, try: 2)?.before == first.at)
        }
    }

    @Test func `of what came back by itself is asked of nobody`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            paid.bank.sendBack(paid.payout.amount)
            _ = try await paid.kernel.settlePayout(
                paid.payout.id,
                PayoutSnapshot(
                    reference: paid.payout.reference ?? "", status: .failed,
                    amount: paid.payout.amount, version: 5))

            let over = try await paid.kernel.sendReversal(asked.id)

            #expect(over.state == .failed && over.failure == PayoutReversal.overtakenWords)
            #expect(paid.bank.reversals.isEmpty)
            try await paid.checkBothBooks()
        }
    }

    @Test func `wakes too late to ask when its whole machine slept`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let asked = try await paid.takeBack()
            var settings = paid.kernel.settings
            settings.callDeadline = .milliseconds(100)
            settings.reached = { step in
                if step == CrashStep(.reversal, .beforeCall) { usleep(150_000) }
            }
            let sleeper = Marketplace(
                database: market.database, providers: paid.kernel.providers, settings: settings,
                logger: paid.kernel.logger)

            let slept = try await sleeper.sendReversal(asked.id)

            #expect(slept.state == .intent)
            #expect(!paid.bank.calls.contains("reverse"))
            #expect(try await paid.kernel.sendReversal(asked.id).state == .done)
        }
    }

    @Test func `by several people at once is asked for once`() async throws {
        try await TestMarketplace.run { market in
            let paid = try await Paid(market)
            let made = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask { (try? await paid.takeBack()) != nil }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(made == 1)
        }
    }
}
