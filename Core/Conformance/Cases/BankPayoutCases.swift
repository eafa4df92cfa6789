import ProviderHost
import ProviderKit
import Vocabulary

/// Payouts from sellers' accounts to their banks: who tells of them tells of all, as they are.
enum BankPayoutCases {
    /// More than many providers put on a page.
    private static let count = 105
    private static let pagesMax = 100

    static let all: [ConformanceCase] = [
        ConformanceCase("banks", "every payout is read once, page by page, to the end") {
            try await everyOne($0)
        },
        ConformanceCase("banks", "one that fails after it was paid is newer than it was") {
            try await failsLate($0)
        },
        ConformanceCase("banks", "its webhooks tell of it as it is now, and of nothing else") {
            try await told($0)
        },
        ConformanceCase("banks", "a stumble is no \"there are none\"") { try await stumbles($0) },
        ConformanceCase("deadlines", "banks' payouts are read by theirs") { subject in
            let scene = try await Scene(subject, count: 1)
            try await DeadlineCases.kept(scene.trial) { context in
                await scene.page(nil, context).map { _ in }
            }
        },
    ]

    private static func everyOne(_ subject: Subject) async throws {
        let scene = try await Scene(subject, count: count)
        let read = try await scene.all()
        try expect(Set(read.map(\.reference)).count == read.count, "a payout is on two pages")
        try expect(read.count == count, "\(count) were made, and \(read.count) are read")
        for payout in read {
            try expect(
                payout.status == .pending
                    && payout.amount == scene.counterpart.bankPayouts.first?.amount,
                "it says \(payout.status.rawValue) \(payout.amount)")
        }
        let later = await scene.page(
            nil, scene.trial.context(), since: .systemNow.advanced(days: 1))
        guard case .success(let page) = later, page.payouts.isEmpty else {
            throw Breach("of those made from tomorrow on it says \(words(later))")
        }
        let stranger = await scene.page(
            nil, scene.trial.context(), of: scene.counterpart.connectedAccount + "x")
        if case .success(let page) = stranger, !page.payouts.isEmpty {
            throw Breach("it tells of one account what is of another")
        }
    }

    private static func failsLate(_ subject: Subject) async throws {
        let scene = try await Scene(subject, count: 1)
        var versions = [try await scene.only().version]
        let reference = try await scene.only().reference
        for (taken, status) in [(true, BankPayoutStatus.paid), (false, .failed)] {
            await scene.counterpart.bankAnswers(reference, taken: taken)
            let now = try await scene.only()
            try expect(
                now.status == status,
                "it is \(status.rawValue), and it says "
                    + now.status.rawValue)
            versions.append(now.version)
        }
        try expect(
            Set(versions).count == versions.count && versions == versions.sorted(),
            "its versions are \(versions)")
    }

    private static func told(_ subject: Subject) async throws {
        let scene = try await Scene(subject, count: 1)
        let payment = try await scene.trial.paid()
        let reference = try await scene.only().reference
        await scene.counterpart.bankAnswers(reference, taken: false)
        guard let field = scene.counterpart.webhookSecret, let secret = scene.trial.values[field]
        else { throw DoesNotApply("its provider sends no webhooks") }
        var heard: [BankPayoutSnapshot] = []
        for body in scene.counterpart.webhooks {
            let now = Instant.systemNow
            let webhook = try await scene.trial.provider.verifying(
                WebhookDelivery(
                    headers: scene.counterpart.headers(
                        signing: body, with: Secret(secret), at: now), body: body,
                    receivedAt: now))
            let result = await scene.trial.calling { () throws(ProviderError) in
                try await scene.banks.bankPayouts(in: webhook, scene.trial.context())
            }
            guard case .success(let found) = result else {
                throw Breach("what a webhook says of payouts is \(words(result))")
            }
            heard += found
        }
        try expect(!heard.isEmpty, "no webhook tells of it")
        try expect(
            heard.allSatisfy { $0.reference == reference && $0.status == .failed },
            "it told of \(heard.map(\.reference)) beside the payment \(payment.reference)")
    }

    private static func stumbles(_ subject: Subject) async throws {
        let scene = try await Scene(subject, count: 1)
        let wire = scene.trial.wire
        for answer in ReadCases.strangers + MappingCases.nonsense {
            wire.set(.answered(answer))
            let page = await scene.page(nil, scene.trial.context())
            let isAsked = !wire.requests.isEmpty
            wire.set(nil)
            guard isAsked else { throw DoesNotApply("it asks nobody") }
            if case .success(let page) = page {
                throw Breach("\(answer.status) was taken for \(page.payouts.count) payouts")
            }
        }
    }

    /// An account that is paid out to a bank.
    private struct Scene {
        let trial: Trial
        let banks: any BankPayoutProvider
        let counterpart: any CounterpartWithBankPayouts

        init(_ subject: Subject, count: Int) async throws {
            trial = try subject.trial()
            banks = try applicable(
                trial.provider.asBankPayouts, "it tells of no payouts to sellers' banks")
            let behind = (trial.counterpart as? PersonAtTheAccount)?.module ?? trial.counterpart
            guard let counterpart = behind as? any CounterpartWithBankPayouts else {
                throw Breach("who tells of payouts to banks brings a CounterpartWithBankPayouts")
            }
            self.counterpart = counterpart
            for _ in 0..<count { await counterpart.accountPaysOut() }
            try expect(
                counterpart.bankPayouts.count == count,
                "its counterpart keeps \(counterpart.bankPayouts.count) of \(count)")
        }

        func page(
            _ cursor: String?, _ context: OperationContext,
            since: Instant = .systemNow.advanced(days: -1), of account: String? = nil
        ) async -> Result<BankPayoutPage, ProviderError> {
            let account = account ?? counterpart.connectedAccount
            return await trial.calling { () throws(ProviderError) in
                try await banks.bankPayouts(
                    of: account, since: since, after: cursor, context)
            }
        }

        func all() async throws -> [BankPayoutSnapshot] {
            var read: [BankPayoutSnapshot] = []
            var cursor: String?
            for _ in 0..<pagesMax {
                let result = await page(cursor, trial.context())
                guard case .success(let page) = result else {
                    throw Breach("a page of payouts to banks is \(words(result))")
                }
                if let problem = Sanity.problem(
                    with: page, of: counterpart.connectedAccount, after: cursor)
                {
                    throw Breach("a page of payouts to banks has \(problem)")
                }
                read += page.payouts
                cursor = page.next
                if cursor == nil { return read }
            }
            throw Breach("its payouts to banks have no end after \(pagesMax) pages")
        }

        func only() async throws -> BankPayoutSnapshot {
            let read = try await all()
            guard read.count == 1 else { throw Breach("one was made, and it reads \(read.count)") }
            return read[0]
        }
    }
}
