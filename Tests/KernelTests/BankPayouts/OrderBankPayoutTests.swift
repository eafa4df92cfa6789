import Glibc
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// What lies in a seller's account at a provider goes to the seller's bank when it is asked for.
@Suite struct `A payout to a seller's bank that is asked for` {
    @Test func `is made by a worker, once, and stands among all others then`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let booked = try await scene.count("select count(*) from ledger_transaction")
            let asked = try await scene.order()
            #expect(asked.state == .intent && scene.bank.orderedBankPayouts.isEmpty)

            try await market.worker().drain()
            _ = try await scene.kernel.sendBankPayout(asked.id)

            let made = scene.bank.orderedBankPayouts
            #expect(made.map(\.amount) == [Money(5000, .eur)])
            #expect(try await scene.listed().map(\.reference) == made.map(\.reference))
            let payable = try await scene.kernel.payableAccount(scene.account)
            #expect(payable.orders.map(\.state) == [.done])
            #expect(payable.orders.first?.reference == made.first?.reference)
            #expect(
                try await scene.count("select count(*) from ledger_transaction") == booked,
                "the money is the seller's already")
            let trail = try await scene.kernel.auditTrail(
                .object(kind: "seller", id: scene.seller.id.description), PageRequest()
            ).items.filter { $0.action == "bank-payout.ordered" }
            #expect(trail.map(\.reason) == ["She asked for it."])
            #expect(trail.map(\.actor) == [scene.admin])
        }
    }

    @Test(arguments: [TestBank.Fault.answerLost, .callLost, .unavailable, .misconfigured])
    func `is made once, however the call ends`(fault: TestBank.Fault) async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            scene.bank.fail(fault)

            let first = try await scene.kernel.sendBankPayout(asked.id)
            #expect(first.state.isOpen)
            let second = try await scene.kernel.sendBankPayout(asked.id)

            #expect(second.state == .done && scene.bank.orderedBankPayouts.count == 1)
            #expect(try await scene.listed().count == 1)
        }
    }

    /// A provider that cannot be asked whether it was done is not asked to do it.
    @Test func `in doubt is looked up before it is asked for again`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            scene.bank.fail(.answerLost)
            _ = try await scene.kernel.sendBankPayout(asked.id)
            let calls = scene.bank.calls.count { $0 == "payOut" }

            scene.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            #expect(try await scene.kernel.sendBankPayout(asked.id).state == .unknown)
            scene.bank.beBlind(nil)
            #expect(try await scene.kernel.sendBankPayout(asked.id).state == .done)

            #expect(scene.bank.calls.count { $0 == "payOut" } == calls)
        }
    }

    /// What was asked before and not answered may have taken what the refusal misses.
    @Test func `that is refused while an earlier question may still arrive is not over`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            scene.bank.fail(.callLost, .declined)
            _ = try await scene.kernel.sendBankPayout(asked.id)

            #expect(try await scene.kernel.sendBankPayout(asked.id).state == .unknown)

            try await market.database.execute(
                "update bank_payout_order set in_doubt_at = now() - interval '2 hours'")
            scene.bank.fail(.declined)
            #expect(try await scene.kernel.sendBankPayout(asked.id).state == .failed)
        }
    }

    @Test func `that the provider refuses says why, and may be asked for anew`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            scene.bank.fail(.declined)

            let refused = try await scene.kernel.sendBankPayout(asked.id)
            #expect(refused.state == .failed && refused.failure == "The bank said no.")
            #expect(try await scene.listed().isEmpty)

            let again = try await scene.order()
            try await market.worker().drain()
            #expect(again.id != asked.id && scene.bank.orderedBankPayouts.count == 1)
        }
    }

    @Test func `is asked for one at a time, of what is there`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            for (amount, currency) in [(5001, Currency.eur), (0, .eur), (-1, .eur), (1, .usd)] {
                await #expect(throws: PayoutRefusal.fundsTooLow) {
                    try await scene.order(Int64(amount), currency)
                }
            }
            let both = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<2 {
                    group.addTask { (try? await scene.order(3000)) != nil }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(both.count { $0 } == 1, "the second would take what the first leaves")
            await #expect(throws: PayoutRefusal.bankPayoutUnderWay) { try await scene.order(1) }

            #expect(try await scene.count("select count(*) from bank_payout_order") == 1)
        }
    }

    @Test func `of an account that pays out by itself is refused, and says so`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            scene.bank.hold(Money(5000, .eur), isManual: false)

            await #expect(throws: PayoutRefusal.paidBySchedule) { try await scene.order() }

            let payable = try await scene.kernel.payableAccount(scene.account)
            #expect(payable.refusal == .paidBySchedule && payable.funds?.isManual == false)
            await #expect(throws: PayoutRefusal.accountUnknown) {
                try await scene.kernel.payableAccount(ID())
            }
        }
    }

    @Test func `whose provider does not answer is refused before anything is written`()
        async throws
    {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            scene.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))

            await #expect(throws: PayoutRefusal.accountUnavailable) { try await scene.order() }

            #expect(try await scene.count("select count(*) from bank_payout_order") == 0)
            let payable = try await scene.kernel.payableAccount(scene.account)
            #expect(payable.funds == nil && payable.refusal == .accountUnavailable)
        }
    }

    @Test func `is not asked for by a worker that wakes too late`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            let asked = try await scene.order()
            var settings = scene.kernel.settings
            settings.callDeadline = .milliseconds(100)
            settings.reached = { step in
                if step == CrashStep(.bankPayout, .beforeCall) { usleep(150_000) }
            }
            let sleeper = Marketplace(
                database: market.database, providers: scene.kernel.providers, settings: settings,
                logger: scene.kernel.logger)

            #expect(try await sleeper.sendBankPayout(asked.id).state == .intent)

            #expect(!scene.bank.calls.contains("payOut"))
            #expect(try await scene.kernel.sendBankPayout(asked.id).state == .done)
        }
    }

    /// As when the process died after the intent was written.
    @Test func `whose job was lost is gone on with`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await OrderingScene(market)
            try await scene.order()
            try await market.database.execute(
                "delete from job where kind = 'bank-payouts.send'")

            try await scene.kernel.resumeBankPayouts()

            #expect(
                try await scene.count(
                    "select count(*) from job where kind = 'bank-payouts.send'") == 1)
        }
    }
}
