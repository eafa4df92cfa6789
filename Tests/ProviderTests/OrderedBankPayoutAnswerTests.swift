import ProviderKit
import Testing
import Vocabulary

@testable import ProviderHost

/// A module that says the same whatever it is asked.
private struct Repeats: ProviderLine {
    let reply: ProviderReply
    let roles: Set<ProviderRole> = [.payment, .bankPayouts, .orderedBankPayouts]

    func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply { reply }
}

@Suite struct `What a module answers of a payout that was ordered` {
    private func module(_ reply: ProviderReply) -> GuardedPayment {
        GuardedPayment(
            descriptor: ScriptedPayments.descriptor,
            call: ProviderCall(
                instanceID: "one", moduleKey: "scripted", line: Repeats(reply: reply),
                breaker: CircuitBreaker(), logger: quiet))
    }

    /// Else the order would be settled with another shop's payout.
    @Test func `when it is looked up is believed of the account that was asked for alone`()
        async throws
    {
        func found(_ account: String?) async throws -> String? {
            let snapshot = account.map {
                BankPayoutSnapshot(
                    reference: "po_1", account: $0, status: .paid, amount: Money(1, .eur),
                    madeAt: .systemNow, version: 1)
            }
            return try await module(.bankPayout(snapshot: snapshot))
                .lookupBankPayout(.idempotencyKey("k"), of: "acct_1", context())?.reference
        }

        #expect(try await found("acct_1") == "po_1")
        #expect(try await found(nil) == nil)
        await #expect(throws: ProviderError.self) { try await found("acct_2") }
    }

    @Test func `names another one that it takes back, or none`() async throws {
        func original(_ reference: String?) async throws -> String? {
            try await module(.originalBankPayout(reference: reference))
                .original(of: "po_2", in: "acct_1", context())
        }

        #expect(try await original("po_1") == "po_1")
        #expect(try await original(nil) == nil)
        for wrong in ["po_2", "", String(repeating: "p", count: 10_000)] {
            await #expect(throws: ProviderError.self, "\(wrong.prefix(9))") {
                try await original(wrong)
            }
        }
    }
}
