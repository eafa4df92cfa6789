import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `News of a payout` {
    private func news(
        of payout: Payout, _ amount: Money? = nil, version: Int64 = 10
    ) -> PayoutSnapshot {
        PayoutSnapshot(
            reference: "po_1", payoutID: "\(payout.id)", status: .succeeded,
            amount: amount ?? payout.amount, version: version)
    }

    @Test func `that are older than what is known change nothing`() {
        func read(
            _ status: TransferStatus, _ version: Int64, for state: Payout.State,
            _ code: String? = nil
        ) -> PayoutNews {
            PayoutNews.read(
                PayoutSnapshot(
                    reference: "po_1", status: status, amount: Money(1000, .eur),
                    version: version, failureCode: code), for: state, version: 5)
        }

        for state in [Payout.State.held, .sent, .unknown] {
            #expect(read(.failed, 4, for: state) == .nothing)
            #expect(read(.failed, 5, for: state) == .ends(.failed))
            #expect(read(.succeeded, 4, for: state) == .nothing)
        }
        #expect(read(.failed, 5, for: .paid) == .nothing)
        #expect(read(.failed, 6, for: .paid) == .ends(.returned))
        #expect(read(.succeeded, 6, for: .returned) == .nothing)
        #expect(read(.succeeded, 6, for: .paid) == .nothing)
        #expect(read(.succeeded, 6, for: .paid, "reversed_in_part") == .partTakenBack)
        #expect(read(.succeeded, 5, for: .paid, "reversed_in_part") == .nothing)
    }

    @Test func `from another instance or of another amount is none`() async throws {
        try await TestMarketplace.run { market in
            let payout = try await Earnings(market).heldPayout()
            let kernel = market.marketplace
            let other = try await market.given.instance(.payment)

            try await kernel.applyPayout(news(of: payout), at: other)
            try await kernel.applyPayout(
                news(of: payout, Money(payout.amount.amount - 1, .eur)), at: payout.instance)
            #expect(try await kernel.payout(payout.id, of: nil).payout.state == .held)

            try await kernel.applyPayout(news(of: payout), at: payout.instance)
            #expect(try await kernel.payout(payout.id, of: nil).payout.state == .paid)
        }
    }

    @Test func `by several at once is booked and told once`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            let kernel = market.marketplace

            let ends = try await market.inTurn(
                lockedBy: "select id from payout where id = \(payout.id) for update",
                (1...2).map { number in
                    { @Sendable in
                        try await kernel.settlePayout(
                            payout.id, news(of: payout, version: Int64(10 * number)))
                    }
                })

            for end in ends { #expect(try end.get().state == .paid) }
            let told = try await earnings.shop.count(
                "select count(*) from outbox_event where topic = 'payout.paid'")
            #expect(told == 1)
            try await earnings.checkBooks()
        }
    }
}
