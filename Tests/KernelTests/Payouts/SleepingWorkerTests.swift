import Glibc
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// A worker that sleeps over the end of its lease, and what others decided meanwhile.
@Suite struct `A payout's worker that slept` {
    @Test func `asks nobody to pay what a person has ended since`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let bank = earnings.shop.bank
            let admin = try await market.given.administrator()
            let payout = try await earnings.heldPayout()
            let stopped = ProviderError.invalidRequest(code: "key_reused", message: "no")
            bank.fail(.callLost)
            _ = try await kernel.sendPayout(payout.id)
            bank.beBlind(stopped)
            for _ in 0..<3 { _ = try await kernel.sendPayout(payout.id) }
            bank.beBlind(nil)
            try await market.database.execute(
                "update payout set in_doubt_at = in_doubt_at - interval '31 minutes'")
            // It looks the payout up, and sleeps. It is `sent` all the time, so that the other
            // worker's try raises no count.
            bank.meanwhile {
                bank.beBlind(stopped)
                _ = try? await kernel.sendPayout(payout.id)
                _ = try? await kernel.decidePayout(
                    payout.id, .notPaid, reason: "It is not on the list.", by: admin.id)
            }

            let slept = try await kernel.sendPayout(payout.id)

            #expect(slept.state == .failed)
            #expect(bank.paidOut.isEmpty)
            #expect(try await earnings.balance().available == payout.amount)
            try await earnings.checkBooks()
        }
    }

    @Test func `ends its own doubt by an answer, and nobody else's`() async throws {
        try await TestMarketplace.run { market in
            let payouts = market.database.payouts
            let payout = try await Earnings(market).heldPayout()
            func doubted() async throws -> Instant? {
                try await payouts.find(payout.id, of: nil)?.inDoubtAt
            }
            #expect(try await payouts.doubt(payout.id) == nil)
            #expect(try await payouts.move(payout.id, from: .held, to: .sent))
            let first = try #require(try await payouts.doubt(payout.id))
            let second = try #require(try await payouts.doubt(payout.id))
            #expect(first.before == nil && second.before == first.at)

            try await payouts.answered(payout.id, first)
            #expect(try await doubted() == second.at)
            try await payouts.answered(payout.id, second)
            #expect(try await doubted() == first.at)
        }
    }

    @Test func `leaves no doubt behind when its provider says that nothing was done`() async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            func send(_ fault: TestBank.Fault) async throws -> Instant? {
                earnings.shop.bank.fail(fault)
                _ = try await market.marketplace.sendPayout(payout.id)
                return try await market.database.payouts.find(payout.id, of: nil)?.inDoubtAt
            }

            #expect(try await send(.unavailable) == nil)
            let lost = try #require(try await send(.callLost))
            // What was asked before is in as much doubt as it was.
            #expect(try await send(.unavailable) == lost)
        }
    }

    @Test func `does not say that nothing was asked while another waits for the answer`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            earnings.shop.bank.fail(.callLost)
            _ = try await kernel.sendPayout(payout.id)

            let settled = try await kernel.settlePayout(
                payout.id, .unavailable(message: "closed", retryAfterSeconds: nil), wasAsked: false)
            #expect(settled.state == .unknown)
            let refused = try await kernel.settlePayout(
                payout.id, .invalidRequest(code: "late", message: "too late"), wasAsked: false)
            #expect(refused.state == .unknown)
            #expect(try await earnings.balance().paying == payout.amount)
        }
    }

    @Test func `wakes too late to ask when its whole machine slept`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            var settings = market.marketplace.settings
            settings.callDeadline = .milliseconds(100)
            settings.reached = { step in
                if step == CrashStep(.payout, .beforeCall) { usleep(150_000) }
            }
            let sleeper = Marketplace(
                database: market.database, providers: market.marketplace.providers,
                settings: settings, logger: market.marketplace.logger)

            let slept = try await sleeper.sendPayout(payout.id)

            #expect(slept.state == .held)
            #expect(!earnings.shop.bank.calls.contains("pay"))
            #expect(try await market.marketplace.sendPayout(payout.id).state == .paid)
        }
    }

    @Test func `leaves in doubt what was answered by nobody it can believe`() {
        #expect(ProviderError.signatureInvalid.isAmbiguous)
        #expect(ProviderError.ambiguous(message: "").isAmbiguous)
        #expect(!ProviderError.unavailable(message: "", retryAfterSeconds: nil).isAmbiguous)
    }
}
