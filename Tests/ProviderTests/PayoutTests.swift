import ProviderHost
import ProviderKit
import SandboxBank
import Testing
import Vocabulary

@Suite struct `A payout at the sandbox bank` {
    private func request(_ bank: RunningBank, account: String) -> PayoutRequest {
        PayoutRequest(
            payoutID: randomKey(), amount: Money(9950, .eur),
            destination: PayoutDestination(holder: "Ada", account: account, country: "DE"),
            webhookURL: bank.webhooks.url)
    }

    @Test func `is made once per key and found by it`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()
            let key = randomKey()
            let request = request(bank, account: "DE02120300000000202051")

            let first = try await payments.pay(request, context(key))
            let second = try await payments.pay(request, context(key))

            #expect(payments.paysOut)
            #expect(first == second)
            #expect(first.status == .succeeded)
            #expect(first.payoutID == request.payoutID)
            #expect(try await payments.lookupPayout(.idempotencyKey(key), context()) == first)
            #expect(try await payments.lookupPayout(.idempotencyKey("none"), context()) == nil)
        }
    }

    @Test func `fails, or takes its time, and says so by webhook`() async throws {
        try await withBank { bank in
            let payments = try bank.payments()

            let failed = try await payments.pay(request(bank, account: "FAIL-1"), context())
            let slow = try await payments.pay(request(bank, account: "DELAY-1"), context())
            #expect(failed.status == .failed)
            #expect(failed.failureCode == "account_closed")
            #expect(slow.status == .pending)
            try await bank.post("/control/release")

            // A webhook may come twice; what counts is what they say.
            try await eventually {
                var statuses: Set<TransferStatus> = []
                for delivery in bank.webhooks.deliveries {
                    let webhook = try await payments.verify(delivery)
                    for case .payout(let payout) in try await payments.events(
                        in: webhook, context())
                    {
                        statuses.insert(payout.status)
                    }
                }
                return statuses == [.failed, .succeeded]
            }
        }
    }
}
