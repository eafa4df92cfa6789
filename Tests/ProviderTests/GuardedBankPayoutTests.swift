import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

/// A module that says the same whatever it is asked.
private struct Says: ProviderLine {
    let reply: ProviderReply
    var roles: Set<ProviderRole> = [.payment, .bankPayouts]

    func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply { reply }
}

@Suite struct `What a module tells of payouts to sellers' banks` {
    private func asked(_ line: Says) -> GuardedPayment {
        GuardedPayment(
            descriptor: ScriptedPayments.descriptor,
            call: ProviderCall(
                instanceID: "one", moduleKey: "scripted", line: line, breaker: CircuitBreaker(),
                logger: quiet))
    }

    private func payout(of account: String, amount: Int64 = 4250) -> BankPayoutSnapshot {
        BankPayoutSnapshot(
            reference: "po_1", account: account, status: .paid, amount: Money(amount, .eur),
            madeAt: .systemNow, version: 1)
    }

    private let webhook = VerifiedWebhook(
        eventID: "evt_1", kind: "payout.paid", occurredAt: Instant(secondsSince1970: 0), body: [])

    /// What is of another account would be shown to another shop.
    @Test func `is believed of the account that was asked for alone`() async throws {
        func told(of account: String) async throws -> [String] {
            let page = BankPayoutPage(payouts: [payout(of: account)], next: nil)
            return try await asked(Says(reply: .bankPayouts(page: page))).bankPayouts(
                of: "acct_1", since: .systemNow, after: nil, context()
            ).payouts.map(\.account)
        }

        #expect(try await told(of: "acct_1") == ["acct_1"])
        await #expect(throws: ProviderError.self) { try await told(of: "acct_2") }
    }

    @Test func `in a webhook is believed when it has an end and makes sense`() async throws {
        func told(_ list: [BankPayoutSnapshot]) async throws -> Int {
            try await asked(Says(reply: .bankPayoutsIn(list: list)))
                .bankPayouts(in: webhook, context()).count
        }
        let good = payout(of: "acct_1")

        #expect(try await told([good]) == 1)
        let endless = Array(repeating: good, count: 101)
        for wrong in [endless, [payout(of: "acct_1", amount: 0)]] {
            await #expect(throws: ProviderError.self) { try await told(wrong) }
        }
    }

    @Test func `is asked of nobody who does not say that it tells them`() async {
        let silent = asked(Says(reply: .bankPayoutsIn(list: []), roles: [.payment]))

        await #expect(throws: ProviderError.unsupported(operation: "payouts to banks")) {
            try await silent.bankPayouts(in: webhook, context())
        }
    }
}
