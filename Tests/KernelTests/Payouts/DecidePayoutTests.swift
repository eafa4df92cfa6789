import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A payout whose provider refuses to say what became of it is ended by a person, once.
@Suite struct `Deciding a payout in doubt` {
    /// One that was asked for, whose answer was lost, and that is refused as invalid ever since.
    private func stuck(_ earnings: Earnings, isPaid: Bool) async throws -> Payout {
        let market = earnings.market.marketplace
        let payout = try await earnings.heldPayout()
        let bank = earnings.shop.bank
        bank.fail(isPaid ? .answerLost : .callLost)
        _ = try await market.sendPayout(payout.id)
        bank.beBlind(.invalidRequest(code: "key_reused", message: "another question"))
        for _ in 0..<3 { _ = try await market.sendPayout(payout.id) }
        return try await market.payout(payout.id, of: nil).payout
    }

    @Test func `it stays in doubt with the provider's words, however often it is asked`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            earnings.shop.bank.fail(.callLost, .invalid, .invalid)
            for _ in 0..<3 { _ = try await market.marketplace.sendPayout(payout.id) }

            let now = try await market.marketplace.payout(payout.id, of: nil).payout

            #expect(now.state == .unknown && now.mayBeDecided)
            #expect(now.failure == "The provider refuses to be asked: The bank calls it invalid.")
            #expect(try await earnings.balance().paying == payout.amount)
        }
    }

    @Test func `somebody who read that it was paid ends it, and nobody pays it again`() async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await stuck(earnings, isPaid: true)
            let admin = try await market.given.administrator()
            #expect(payout.state == .unknown)

            let ended = try await market.marketplace.decidePayout(
                payout.id, .paid(reference: "out_77"), reason: "It is on the bank's list.",
                by: admin.id)

            #expect(ended.state == .paid && ended.reference == "out_77")
            earnings.shop.bank.beBlind(nil)
            #expect(try await market.marketplace.sendPayout(payout.id).state == .paid)
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            #expect(try await earnings.balance().paying.isZero)
            try await earnings.checkBooks()
            await #expect(throws: PayoutRefusal.notInDoubt) {
                try await market.marketplace.decidePayout(
                    payout.id, .notPaid, reason: "A second thought.", by: admin.id)
            }
        }
    }

    @Test func `somebody who read that it was not paid frees its money`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await stuck(earnings, isPaid: false)
            let admin = try await market.given.administrator()
            await #expect(throws: PayoutRefusal.mayStillArrive) {
                try await market.marketplace.decidePayout(
                    payout.id, .notPaid, reason: "The bank has no such payment.", by: admin.id)
            }
            try await passHalfAnHour(market)

            let ended = try await market.marketplace.decidePayout(
                payout.id, .notPaid, reason: "The bank has no such payment.", by: admin.id)

            #expect(ended.state == .failed)
            #expect(try await earnings.balance().available == payout.amount)
            try await earnings.checkBooks()
            let trail = try await market.marketplace.auditTrail(
                .everything, PageRequest(limit: 10)
            ).items
            let line = try #require(trail.first { $0.action == "payout.decided" })
            #expect(line.objectID == "\(payout.id)" && line.actor == admin.id)
            #expect(line.reason == "The bank has no such payment.")
        }
    }

    /// What was sent would have arrived by now.
    private func passHalfAnHour(_ market: TestMarketplace) async throws {
        try await market.database.execute(
            "update payout set in_doubt_at = in_doubt_at - interval '31 minutes'")
    }

    @Test func `nobody decides while its provider cannot be asked`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await stuck(earnings, isPaid: true)
            let admin = try await market.given.administrator()
            try await passHalfAnHour(market)
            earnings.shop.bank.beBlind(
                .unavailable(message: "closed for the night", retryAfterSeconds: nil))

            for verdict in [PayoutVerdict.notPaid, .paid(reference: nil)] {
                await #expect(throws: PayoutRefusal.providerAway) {
                    try await market.marketplace.decidePayout(
                        payout.id, verdict, reason: "I think so.", by: admin.id)
                }
            }
            #expect(try await earnings.balance().paying == payout.amount)
        }
    }

    @Test func `nobody decides over a try that began meanwhile`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await stuck(earnings, isPaid: false)
            let admin = try await market.given.administrator()
            try await passHalfAnHour(market)
            earnings.shop.bank.beBlind(nil)
            // While the bank is looked up, the worker asks it to pay, and the answer is lost.
            earnings.shop.bank.meanwhile {
                earnings.shop.bank.fail(.answerLost)
                _ = try? await market.marketplace.sendPayout(payout.id)
            }

            await #expect(throws: PayoutRefusal.askedMeanwhile) {
                try await market.marketplace.decidePayout(
                    payout.id, .notPaid, reason: "Not on the list.", by: admin.id)
            }

            #expect(earnings.shop.bank.paidOut == [payout.amount])
            #expect(try await market.marketplace.sendPayout(payout.id).state == .paid)
            try await earnings.checkBooks()
        }
    }

    @Test func `what the provider says counts, not the person`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await stuck(earnings, isPaid: true)
            let admin = try await market.given.administrator()
            earnings.shop.bank.beBlind(nil)

            await #expect(throws: PayoutRefusal.providerKnows) {
                try await market.marketplace.decidePayout(
                    payout.id, .notPaid, reason: "I think it was not.", by: admin.id)
            }
            #expect(try await market.marketplace.payout(payout.id, of: nil).payout.state == .paid)
            try await earnings.checkBooks()
        }
    }

    @Test func `of a large one two people say the same, and what they say differently is nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await stuck(earnings, isPaid: false)
            let (one, two) = (
                try await market.given.administrator(), try await market.given.administrator()
            )
            try await market.marketplace.setApprovalLimit(
                .eur, to: payout.amount.amount, reason: "small market", by: one.id)
            try await passHalfAnHour(market)
            func say(_ verdict: PayoutVerdict, _ admin: Account) async throws -> Payout.State {
                try await market.marketplace.decidePayout(
                    payout.id, verdict, reason: "I read the list.", by: admin.id
                ).state
            }

            #expect(try await say(.notPaid, one) == .unknown)
            #expect(try await say(.notPaid, one) == .unknown)
            #expect(try await say(.paid(reference: "out_1"), two) == .unknown)
            let wish = try await market.marketplace.payoutVerdictWish(of: payout.id)
            #expect(wish?.askedBy == two.id && wish?.saysPaid == true)
            #expect(try await say(.notPaid, one) == .unknown)
            #expect(try await earnings.balance().paying == payout.amount)

            #expect(try await say(.notPaid, two) == .failed)

            #expect(try await earnings.balance().available == payout.amount)
            #expect(try await market.marketplace.payoutVerdictWish(of: payout.id) == nil)
            try await earnings.checkBooks()
        }
    }

    @Test func `what each of two people says of a large one stands in the trail`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await stuck(earnings, isPaid: false)
            let one = try await market.given.administrator().id
            let two = try await market.given.administrator().id
            try await market.marketplace.setApprovalLimit(
                .eur, to: payout.amount.amount, reason: "small market", by: one)
            try await passHalfAnHour(market)

            for admin in [one, two] {
                try await market.marketplace.decidePayout(
                    payout.id, .notPaid, reason: "I read the list.", by: admin)
            }

            let trail = try await market.marketplace.auditTrail(
                .object(kind: "payout", id: "\(payout.id)"), PageRequest()
            ).items
            let asked = trail.filter { $0.action == "payout.verdict-asked" }
            #expect(asked.map(\.actor) == [one])
            #expect(trail.first?.action == "payout.decided" && trail.first?.actor == two)
        }
    }

    @Test func `nobody decides what was asked once, or never`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            let admin = try await market.given.administrator()
            for _ in 0..<2 {
                await #expect(throws: PayoutRefusal.notInDoubt) {
                    try await market.marketplace.decidePayout(
                        payout.id, .notPaid, reason: "Too early.", by: admin.id)
                }
                earnings.shop.bank.fail(.callLost)
                _ = try await market.marketplace.sendPayout(payout.id)
            }
        }
    }
}
