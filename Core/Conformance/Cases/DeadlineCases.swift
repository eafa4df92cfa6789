import ProviderKit
import Vocabulary

/// A provider that does not answer holds nobody up longer than the deadline says.
enum DeadlineCases {
    /// Of modules of every kind.
    static let common: [ConformanceCase] = [
        ConformanceCase("deadlines", "check ends by its deadline") { subject in
            let trial = try subject.trial()
            try await kept(trial) { context in
                await trial.calling { () throws(ProviderError) in
                    try await trial.provider.check(context)
                }.map { _ in }
            }
        }
    ]

    static let shipping: [ConformanceCase] = [
        ConformanceCase("deadlines", "quotes end by their deadline") { subject in
            let trial = try subject.trial()
            let shipping = try applicable(trial.provider.asShipping, "it ships nothing")
            try await kept(trial) { context in
                await trial.calling { () throws(ProviderError) in
                    try await shipping.quotes(for: ShippingCases.ordinary, context)
                }.map { _ in }
            }
        }
    ]

    static let tax: [ConformanceCase] = [
        ConformanceCase("deadlines", "tax ends by its deadline") { subject in
            let trial = try subject.trial()
            let tax = try applicable(trial.provider.asTax, "it calculates no tax")
            try await kept(trial) { context in
                await trial.calling { () throws(ProviderError) in
                    try await tax.calculate(TaxCases.ordinary, context)
                }.map { _ in }
            }
        }
    ]

    /// Payments, and payouts, of whoever does one or the other.
    static let all: [ConformanceCase] =
        MoneyAct.all.map { act in
            ConformanceCase("deadlines", "\(act.name) ends by its deadline") { subject in
                let trial = try subject.trial()
                let prepared = try await act.prepare(trial)
                try await kept(trial) { try await prepared.call($0) }
            }
        } + [
            ConformanceCase("deadlines", "payouts, written into files or not, end by theirs") {
                subject in
                let trial = try subject.trial()
                let payouts = try applicable(trial.provider.asPayouts, "it pays nobody out")
                try await kept(trial) { context in
                    try await trial.pay(nil, context).map { _ in }
                }
                try await kept(trial) { context in
                    await trial.calling { () throws(ProviderError) in
                        try await payouts.lookupPayout(.idempotencyKey(freshKey()), context)
                    }.map { _ in }
                }
            },
            ConformanceCase("deadlines", "what the account moved is told by its") { subject in
                let trial = try subject.trial()
                let books = try applicable(trial.provider.asBalance, "it shows no account")
                try await kept(trial) { context in
                    await trial.calling { () throws(ProviderError) in
                        try await books.balance(
                            from: Instant.systemNow.advanced(by: .seconds(-3600)),
                            until: .systemNow, after: nil, context)
                    }.map { _ in }
                }
            },
            ConformanceCase("deadlines", "look-ups end by theirs") { subject in
                let trial = try subject.trial()
                let (payments, _) = try trial.payments()
                let payment = try await trial.paid()
                try await kept(trial) { context in
                    await trial.calling { () throws(ProviderError) in
                        try await payments.lookup(.reference(payment.reference), context)
                    }.map { _ in }
                }
            },
        ]

    /// How late an answer may be on a machine that has nothing else to do.
    private static let grace: Duration = .milliseconds(1500)
    /// What oversleeps once oversleeps several times in a call.
    private static let sleepsOfACall = 3

    /// A machine that stumbles once does not stumble three times in a row.
    private static let triesMax = 3
    /// After so much lateness no more is tried: a case has its deadline, too.
    private static let latenessMax: Duration = .seconds(9)

    /// - Throws: ``Breach`` when each of several tries came late, and when one of them says what
    ///   cannot be.
    static func kept(
        _ trial: Trial, _ call: (OperationContext) async throws -> Result<Void, ProviderError>
    ) async throws {
        var late: [Duration] = []
        while let took = try await lateness(trial, call) {
            late.append(took)
            if let breach = breach(late) { throw breach }
        }
    }

    /// What is wrong with a call that came late each time; nil when it is to be tried again.
    static func breach(_ late: [Duration]) -> Breach? {
        guard late.count >= triesMax || late.reduce(.zero, +) >= latenessMax else { return nil }
        let times = late.map { "\($0)" }.joined(separator: ", ")
        let tries = late.count == 1 ? "" : ", late \(late.count) times of \(late.count)"
        return Breach("it took \(times) of \(Trial.shortDeadline)\(tries)")
    }

    /// One try.
    /// - Returns: how long it took when that was too long.
    private static func lateness(
        _ trial: Trial, _ call: (OperationContext) async throws -> Result<Void, ProviderError>
    ) async throws -> Duration? {
        trial.wire.set(.lostRequest)
        // How busy the machine is, measured beside the call: a wait as long as the call's own.
        async let overslept = overslept(Trial.shortDeadline)
        let context = trial.context(within: Trial.shortDeadline)
        let began = ContinuousClock.now
        let result = try await call(context)
        let took = ContinuousClock.now - began
        let deadlines = trial.wire.deadlines
        trial.wire.set(nil)
        let allowed = grace + (await overslept) * sleepsOfACall
        guard took < Trial.shortDeadline + allowed else { return took }
        // It asks nobody: then it may well have succeeded.
        if deadlines.isEmpty { return nil }
        try expect(
            deadlines.allSatisfy { $0 <= context.deadline },
            "it gives the network more time than the call has")
        if case .success = result { throw Breach("nobody answered, and it says that all is well") }
        return nil
    }

    private static func overslept(_ limit: Duration) async -> Duration {
        let began = ContinuousClock.now
        // Cancelled when the call has failed: then nobody asks.
        try? await Task.sleep(for: limit)
        return max(.zero, ContinuousClock.now - began - limit)
    }
}
