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
    private func asked(_ line: any ProviderLine) -> GuardedPayment {
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
        func told(_ list: [BankPayoutSnapshot]) async throws -> BankPayoutNews {
            try await asked(Says(reply: .bankPayoutsIn(list: list)))
                .bankPayouts(in: webhook, context())
        }
        let good = payout(of: "acct_1")
        let free = payout(of: "acct_2", amount: 0)

        let news = try await told([free, good])

        #expect(news.payouts == [good])
        #expect(news.unreadable.map(\.account) == ["acct_2"])
        let endless = Array(repeating: good, count: 101)
        for wrong in [endless, [good, payout(of: "")]] {
            await #expect(throws: ProviderError.self) { try await told(wrong) }
        }
    }

    @Test func `in a webhook and can make nothing of is known by its name`() async throws {
        func heard(_ error: ProviderError) async throws -> [UnreadableBankPayout] {
            try await asked(Refuses(error: error, roles: [.payment, .bankPayouts]))
                .bankPayouts(in: webhook, context()).unreadable
        }
        let odd = UnreadableBankPayout(
            account: "acct_1", reference: "po|1", problem: "It levitates.")

        #expect(try await heard(odd.error) == [odd])
        var endless = odd
        endless.reference = String(repeating: "1", count: 201)
        for other: ProviderError in [
            endless.error, .unavailable(message: "not now", retryAfterSeconds: nil),
            .invalidRequest(code: "payout", message: "The payout is new."),
        ] {
            await #expect(throws: other) { try await heard(other) }
        }
    }

    /// One absurd amount would keep the account's other payouts from everybody for ever.
    @Test func `on a page and cannot be believed is named, and the others are told`()
        async throws
    {
        func page(_ unreadable: String...) async throws -> BankPayoutPage {
            let rows = [payout(of: "acct_1", amount: 0), payout(of: "acct_1")]
            return try await asked(
                Says(reply: .bankPayouts(page: .init(payouts: rows, unreadable: unreadable)))
            ).bankPayouts(of: "acct_1", since: .systemNow, after: nil, context())
        }

        let read = try await page("po_odd")

        #expect(read.payouts.map(\.amount.amount) == [4250])
        #expect(read.unreadable == ["po_odd", "po_1"])
        await #expect(throws: ProviderError.self) { try await page("") }
    }

    @Test func `is asked of nobody who does not say that it tells them`() async {
        let silent = asked(Says(reply: .bankPayoutsIn(list: []), roles: [.payment]))

        await #expect(throws: ProviderError.unsupported(operation: "payouts to banks")) {
            try await silent.bankPayouts(in: webhook, context())
        }
    }

    private func ordering(_ reply: ProviderReply) -> GuardedPayment {
        asked(Says(reply: reply, roles: [.payment, .bankPayouts, .orderedBankPayouts]))
    }

    /// Less than was asked for, or of another shop, nobody can tell what was really sent.
    @Test func `when one is ordered is believed of that amount and account alone`() async throws {
        let request = BankPayoutRequest(
            orderID: "o", account: "acct_1", amount: Money(4250, .eur))
        func made(_ payout: BankPayoutSnapshot?) async throws(ProviderError) {
            _ = try await ordering(.bankPayout(snapshot: payout)).payOut(request, context())
        }

        try await made(payout(of: "acct_1"))
        for wrong in [payout(of: "acct_2"), payout(of: "acct_1", amount: 4249), nil] {
            let error = await #expect(throws: ProviderError.self) { try await made(wrong) }
            #expect(error?.isDefinite == false, "\(String(describing: error))")
        }
    }

    @Test func `it could send is believed of each currency once, and above zero`() async throws {
        func told(_ amounts: Money..., of account: String = "acct_1") async throws {
            let funds = AccountFunds(account: account, isManual: true, available: amounts)
            _ = try await ordering(.funds(funds: funds)).funds(of: "acct_1", context())
        }

        try await told(Money(1, .eur), Money(2, .usd))
        await #expect(throws: ProviderError.self) { try await told(Money(0, .eur)) }
        await #expect(throws: ProviderError.self) { try await told(Money(1, .eur), Money(2, .eur)) }
        await #expect(throws: ProviderError.self) { try await told(Money(1, .eur), of: "acct_2") }
    }

    @Test func `is asked to make none by who only tells of them`() async {
        let teller = asked(Says(reply: .problems(sentences: [])))
        await #expect(throws: ProviderError.unsupported(operation: "payouts to banks by order")) {
            try await teller.funds(of: "acct_1", context())
        }
    }

    /// A forgery is refused for good; what nobody can look at has to come again.
    @Test func `and of webhooks is no forgery for want of a secret`() async throws {
        let delivery = WebhookDelivery(headers: [:], body: [1], receivedAt: .systemNow)
        for (said, heard): (ProviderError, ProviderError) in [
            (.misconfigured(message: "no secret"), .misconfigured(message: "no secret")),
            (.signatureInvalid, .signatureInvalid),
            (.invalidRequest(code: "c", message: "m"), .signatureInvalid),
        ] {
            let deaf = GuardedPayment(
                descriptor: ScriptedPayments.descriptor,
                call: ProviderCall(
                    instanceID: "one", moduleKey: "scripted", line: Refuses(error: said),
                    breaker: CircuitBreaker(), logger: quiet))
            await #expect(throws: heard) { try await deaf.verify(delivery) }
        }
    }
}

/// A module that refuses whatever it is asked.
private struct Refuses: ProviderLine {
    let error: ProviderError
    var roles: Set<ProviderRole> = [.payment]

    func ask(
        _ question: ProviderQuestion, _ context: OperationContext
    ) async throws(ProviderError) -> ProviderReply { throw error }
}
