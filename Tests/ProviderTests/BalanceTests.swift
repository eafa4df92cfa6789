import ProviderHost
import ProviderKit
import Testing
import Vocabulary

/// The sandbox bank's own books of a merchant's account, as its module shows them.
@Suite struct `The books of the sandbox bank` {
    private static let day = (
        from: Instant.systemNow.advanced(days: -1), until: Instant.systemNow.advanced(days: 1)
    )

    private static func all(_ payments: GuardedPayment) async throws -> [BalanceEntry] {
        var entries: [BalanceEntry] = []
        var cursor: String?
        repeat {
            let page = try await payments.balance(
                from: day.from, until: day.until, after: cursor, context())
            entries += page.entries
            cursor = page.next
        } while cursor != nil
        return entries
    }

    @Test func `show charges, refunds and payouts, page after page, and nobody else's`()
        async throws
    {
        try await withBank { bank in
            let payments = try bank.payments()
            #expect(payments.showsBalance)
            var charged: [String] = []
            for number in 1...101 {
                let started = try await payments.start(
                    bank.start("tok_visa", Money(Int64(number) * 100, .eur)), context())
                charged.append(started.snapshot.reference)
            }
            let refund = try await payments.refund(
                RefundRequest(
                    refundID: randomKey(), reference: charged[4], amount: Money(500, .eur)),
                context())
            let payout = try await payments.pay(
                PayoutRequest(
                    payoutID: randomKey(), amount: Money(900, .eur),
                    destination: PayoutDestination(
                        holder: "Mira", account: "DE89370400440532013000", country: "DE"),
                    webhookURL: bank.webhooks.url), context())
            _ = try await bank.payments(merchant: 1).start(bank.start("tok_visa"), context())

            let entries = try await Self.all(payments)

            #expect(entries.count == 103)
            #expect(Set(entries.map(\.id)).count == 103)
            #expect(entries.prefix(101).map(\.reference) == charged)
            #expect(entries[101].kind == .refund && entries[101].reference == refund.reference)
            #expect(entries[101].net == Money(-500, .eur))
            #expect(entries[102].kind == .payout && entries[102].reference == payout.reference)
            let early = try await payments.balance(
                from: Self.day.from.advanced(days: -9), until: Self.day.from, after: nil,
                context())
            #expect(early.entries.isEmpty && early.next == nil)
        }
    }

    @Test func `can be wrong when a test wants them so`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            for _ in 1...3 { _ = try await payments.start(bank.start("tok_visa"), context()) }

            #expect(try await bank.post("/control/balance-entries/1/loss").status == 200)
            #expect(try await bank.post("/control/balance-entries/2/error?units=-7").status == 200)
            #expect(try await bank.post("/control/balance-entries/3/repetition").status == 200)
            #expect(try await bank.post("/control/balance-entries/9/loss").status == 404)

            let entries = try await Self.all(payments)
            #expect(entries.map(\.id) == ["2", "3", "4"])
            #expect(entries[0].net == Money(4243, .eur))
            #expect(entries[1].reference == entries[2].reference)
        }
    }
}
