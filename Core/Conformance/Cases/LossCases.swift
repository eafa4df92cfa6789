import ProviderKit
import Vocabulary

/// What the network loses: never taken for a yes or a no, and found afterwards.
enum LossCases {
    static let all: [ConformanceCase] = MoneyAct.all.flatMap { act in
        [
            ConformanceCase("lost", "\(act.name): an answer that is lost") {
                try await lost(.lostAnswer, "the answer was lost", act, $0)
            },
            ConformanceCase("lost", "\(act.name): a request that is lost") {
                try await lost(.lostRequest, "the request was lost", act, $0)
            },
            ConformanceCase("unreachable", "\(act.name): nobody listens") {
                try await refused(act, $0)
            },
        ]
    }

    private static func lost(
        _ fault: WireFault, _ words: String, _ act: MoneyAct, _ subject: Subject
    ) async throws {
        let count = try await act.requests(subject)
        if count == 0 { throw DoesNotApply("it asks nobody") }
        for position in 0..<count {
            let trial = try subject.trial()
            let prepared = try await act.prepare(trial)
            let key = freshKey()
            trial.wire.set(fault, at: position)
            let result = try await prepared.call(
                trial.context(key, within: Trial.shortDeadline))
            trial.wire.set(nil)
            try await prepared.judge(
                result, trial, key: key, after: "\(words) (request \(position + 1) of \(count))")
        }
    }

    private static func refused(_ act: MoneyAct, _ subject: Subject) async throws {
        let count = try await act.requests(subject)
        if count == 0 { throw DoesNotApply("it asks nobody") }
        for position in 0..<count {
            let trial = try subject.trial()
            let prepared = try await act.prepare(trial)
            let key = freshKey()
            trial.wire.set(.refused, at: position)
            let result = try await prepared.call(trial.context(key))
            trial.wire.set(nil)
            if position == 0 {
                guard case .failure(.unavailable) = result else {
                    throw Breach("the connection was refused, and it says \(words(result))")
                }
            }
            try await prepared.judge(
                result, trial, key: key,
                after: "the connection was refused (request \(position + 1) of \(count))")
        }
    }
}
