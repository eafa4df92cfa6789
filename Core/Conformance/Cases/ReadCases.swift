import ProviderKit
import Vocabulary

/// A look-up that says "never heard of it" is a promise: only the provider's own word makes it.
enum ReadCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("mapped", "look-ups: a stumble is no \"never heard of it\"") {
            try await lookups($0)
        },
        ConformanceCase("mapped", "look-ups: what never was is not found") {
            try await unknown($0)
        },
        ConformanceCase("mapped", "check: a refused key is reported") {
            try await check($0)
        },
    ]

    /// The page of a proxy that cannot find its way is not the provider's word.
    static let strangers = [401, 403, 404, 429, 500, 502, 503, 504].map {
        HTTPResponse(status: $0, body: Array("<html>no</html>".utf8))
    }

    typealias Read = (
        name: String, ask: @Sendable () async -> Result<Bool, ProviderError>
    )

    /// Look-ups of what the counterpart knows.
    static func reads(_ trial: Trial) async throws -> [Read] {
        let (payments, _) = try trial.payments()
        let key = freshKey()
        let payment = try await trial.paid(key: key)
        var reads: [Read] = trial.subject.lookups(payment.reference, key).map { lookup in
            (
                "a payment by \(lookup)",
                {
                    await trial.calling { () throws(ProviderError) in
                        try await payments.lookup(lookup, trial.context())
                    }.map { $0 != nil }
                }
            )
        }
        if !trial.subject.can(.directToSeller), !trial.subject.can(.confirmedByPerson) {
            let refundKey = freshKey()
            _ = try await trial.refund(payment, payment.captured, trial.context(refundKey))
            reads.append(
                (
                    "a refund by key",
                    {
                        await trial.calling { () throws(ProviderError) in
                            try await payments.lookupRefund(
                                .idempotencyKey(refundKey), trial.context())
                        }.map { $0 != nil }
                    }
                ))
        }
        if let payouts = trial.provider.asPayouts, trial.counterpart?.payoutDestination != nil {
            let payoutKey = freshKey()
            _ = try await trial.pay(nil, trial.context(payoutKey))
            reads.append(
                (
                    "a payout by key",
                    {
                        await trial.calling { () throws(ProviderError) in
                            try await payouts.lookupPayout(
                                .idempotencyKey(payoutKey), trial.context())
                        }.map { $0 != nil }
                    }
                ))
        }
        if trial.provider.asAccounts != nil { reads += try await accountReads(trial) }
        if trial.provider.asOrderedBankPayouts != nil { reads.append(try await bankRead(trial)) }
        return reads
    }

    private static func accountReads(_ trial: Trial) async throws -> [Read] {
        let (accounts, _) = try trial.accounts()
        let (accountKey, reversalKey) = (freshKey(), freshKey())
        _ = try await trial.openAccount(trial.context(accountKey))
        let transfer = try await trial.transferred()
        _ = try await trial.reverse(transfer, trial.context(reversalKey))
        return [
            (
                "an account by key",
                {
                    await trial.calling { () throws(ProviderError) in
                        try await accounts.account(.idempotencyKey(accountKey), trial.context())
                    }.map { $0 != nil }
                }
            ),
            (
                "a reversal by key",
                {
                    await trial.calling { () throws(ProviderError) in
                        try await accounts.lookupReversal(
                            .idempotencyKey(reversalKey), of: transfer.reference, trial.context())
                    }.map { $0 != nil }
                }
            ),
        ]
    }

    private static func bankRead(_ trial: Trial) async throws -> Read {
        let (banks, counterpart) = try trial.orderedBankPayouts()
        let key = freshKey()
        _ = try await trial.payOut(nil, trial.context(key))
        return (
            "a payout to a bank by key",
            {
                await trial.calling { () throws(ProviderError) in
                    try await banks.lookupBankPayout(
                        .idempotencyKey(key), of: counterpart.connectedAccount, trial.context())
                }.map { $0 != nil }
            }
        )
    }

    private static func lookups(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let answers = strangers + MappingCases.nonsense
        for read in try await reads(trial) {
            let before = await read.ask()
            guard case .success(true) = before else {
                throw Breach("\(read.name) is not found: \(words(before))")
            }
            for answer in answers {
                trial.wire.set(.answered(answer))
                let result = await read.ask()
                let isAsked = !trial.wire.requests.isEmpty
                trial.wire.set(nil)
                if isAsked, case .success(let isFound) = result {
                    let body = String(decoding: answer.body.prefix(24), as: UTF8.self)
                    throw Breach(
                        "\(read.name): \(answer.status) \(body) was taken for "
                            + (isFound ? "an answer" : "\"never heard of it\""))
                }
            }
        }
    }

    private static func unknown(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let (payments, _) = try trial.payments()
        let key = freshKey()
        let payment = await trial.calling { () throws(ProviderError) in
            try await payments.lookup(.idempotencyKey(key), trial.context())
        }
        guard case .success(let found) = payment, found.map({ !$0.authorized.isPositive }) ?? true
        else { throw Breach("a payment that never was: \(words(payment))") }
        let refund = await trial.calling { () throws(ProviderError) in
            try await payments.lookupRefund(.idempotencyKey(key), trial.context())
        }
        guard case .success(nil) = refund else {
            throw Breach("a refund that never was: \(words(refund))")
        }
        if let payouts = trial.provider.asPayouts {
            let payout = await trial.calling { () throws(ProviderError) in
                try await payouts.lookupPayout(.idempotencyKey(key), trial.context())
            }
            guard case .success(nil) = payout else {
                throw Breach("a payout that never was: \(words(payout))")
            }
        }
        if let accounts = trial.provider.asAccounts {
            let account = await trial.calling { () throws(ProviderError) in
                try await accounts.account(.idempotencyKey(key), trial.context())
            }
            guard case .success(nil) = account else {
                throw Breach("an account that never was: \(words(account))")
            }
        }
    }

    private static func check(_ subject: Subject) async throws {
        let trial = try subject.trial()
        let well = await trial.calling { () throws(ProviderError) in
            try await trial.provider.check(trial.context())
        }
        guard case .success(let problems) = well, problems.isEmpty else {
            throw Breach("its check finds fault with settings that work: \(words(well))")
        }
        trial.wire.set(.answered(HTTPResponse(status: 401)))
        let refused = await trial.calling { () throws(ProviderError) in
            try await trial.provider.check(trial.context())
        }
        if trial.wire.requests.isEmpty { throw DoesNotApply("its check asks nobody") }
        if case .success(let problems) = refused, problems.isEmpty {
            throw Breach("its check passes although the provider refuses its key")
        }
    }
}
