import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Somebody took a part of it back at the provider; the market takes back whole payouts only.
@Suite struct `A payout of which a part was taken back at its provider` {
    private static let words =
        "A part of it was taken back at the provider. In the books it is still paid in full."

    private func news(
        of payout: Payout, _ status: TransferStatus = .succeeded, version: Int64,
        code: String? = nil
    ) -> PayoutSnapshot {
        PayoutSnapshot(
            reference: "tr_1", payoutID: "\(payout.id)", status: status, amount: payout.amount,
            version: version, failureCode: code)
    }

    private func told(_ earnings: Earnings) async throws -> Int {
        try await earnings.shop.count(
            "select count(*) from outbox_event where topic = 'payout.part-taken-back'")
    }

    @Test func `stays paid, says so, and is told to the administrators once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let finance = try await market.given.administrator(.finance)
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            try await kernel.applyPayout(news(of: payout, version: 1), at: payout.instance)
            #expect(try await told(earnings) == 0)

            let part = news(of: payout, version: 501, code: "reversed_in_part")
            for _ in 1...2 { try await kernel.applyPayout(part, at: payout.instance) }

            let now = try await kernel.payout(payout.id, of: nil).payout
            #expect(now.state == .paid && now.failure == Self.words)
            #expect(try await told(earnings) == 1)
            try await market.tellEverybody()
            let notices = try await kernel.notices(
                of: finance.id, as: .administrator, PageRequest()
            ).items.map(\.topic)
            #expect(notices == ["payout.part-taken-back"])
            while try await kernel.writeLetters() {}
            let letters = try await kernel.mails(PageRequest()).items
                .filter { $0.topic == "payout.part-taken-back" }
            #expect(letters.map(\.recipient) == [finance.email])
            let trail = try await kernel.auditTrail(
                .object(kind: "payout", id: payout.id.description), PageRequest()
            ).items.map(\.action)
            #expect(trail.filter { $0 == "payout.part-taken-back" }.count == 1)
            try await earnings.checkBooks()
        }
    }

    @Test func `is told of again when more of it is, and comes back when all of it is`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            try await kernel.applyPayout(news(of: payout, version: 1), at: payout.instance)

            // In the wrong order: what is older says nothing.
            for version in [501, 701, 601] as [Int64] {
                try await kernel.applyPayout(
                    news(of: payout, version: version, code: "reversed_in_part"),
                    at: payout.instance)
            }
            #expect(try await told(earnings) == 2)
            try await kernel.applyPayout(
                news(of: payout, .failed, version: 1 + payout.amount.amount, code: "reversed"),
                at: payout.instance)

            let now = try await kernel.payout(payout.id, of: nil).payout
            #expect(now.state == .returned && now.failure == "The market took it back.")
            #expect(try await earnings.balance().available == payout.amount)
            try await earnings.checkBooks()
        }
    }

    @Test func `is known also where nobody had heard that it was paid`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()

            let settled = try await kernel.settlePayout(
                payout.id, news(of: payout, version: 501, code: "reversed_in_part"))

            #expect(settled.state == .paid && settled.failure == Self.words)
            #expect(try await told(earnings) == 1)
            try await earnings.checkBooks()
        }
    }

    @Test func `is not meant by any other code of a payout that is paid`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            try await kernel.applyPayout(news(of: payout, version: 1), at: payout.instance)

            try await kernel.applyPayout(
                news(of: payout, version: 9, code: "something"), at: payout.instance)

            let now = try await kernel.payout(payout.id, of: nil).payout
            #expect(now.state == .paid && now.failure == nil)
            #expect(try await told(earnings) == 0)
        }
    }
}
