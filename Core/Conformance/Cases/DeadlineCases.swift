import ProviderKit
import Vocabulary

/// A provider that does not answer holds nobody up longer than the deadline says.
enum DeadlineCases {
    static let all: [ConformanceCase] =
        MoneyAct.all.map { act in
            ConformanceCase("deadlines", "\(act.name) ends by its deadline") { subject in
                let trial = try subject.trial()
                let prepared = try await act.prepare(trial)
                try await kept(trial) { try await prepared.call($0) }
            }
        } + [
            ConformanceCase("deadlines", "look-ups and checks end by theirs") { subject in
                let trial = try subject.trial()
                let (payments, _) = try trial.payments()
                let payment = try await trial.paid()
                try await kept(trial) { context in
                    await trial.calling { () throws(ProviderError) in
                        try await payments.lookup(.reference(payment.reference), context)
                    }.map { _ in }
                }
                try await kept(trial) { context in
                    await trial.calling { () throws(ProviderError) in
                        try await trial.provider.check(context)
                    }.map { _ in }
                }
            }
        ]

    /// How late an answer may be on a busy machine.
    private static let lateness: Duration = .seconds(3)

    private static func kept(
        _ trial: Trial, _ call: (OperationContext) async throws -> Result<Void, ProviderError>
    ) async throws {
        trial.wire.set(.lostRequest)
        let context = trial.context(within: Trial.shortDeadline)
        let began = ContinuousClock.now
        let result = try await call(context)
        let took = ContinuousClock.now - began
        let deadlines = trial.wire.deadlines
        trial.wire.set(nil)
        if deadlines.isEmpty { return }
        try expect(
            deadlines.allSatisfy { $0 <= context.deadline },
            "it gives the network more time than the call has")
        try expect(
            took < Trial.shortDeadline + lateness, "it took \(took) of \(Trial.shortDeadline)")
        if case .success = result { throw Breach("nobody answered, and it says that all is well") }
    }
}
