import ProviderKit
import Vocabulary

/// One key, one effect, however often and from however many places at once it is asked.
enum OneEffectCases {
    static let all: [ConformanceCase] = MoneyAct.all.flatMap { act in
        [
            ConformanceCase("one effect", "\(act.name), asked three times under one key") {
                try await inTurn(act, $0)
            },
            ConformanceCase("one effect", "\(act.name), asked eight times at once under one key") {
                try await atOnce(act, $0)
            },
            ConformanceCase("one effect", "\(act.name), its requests doubled by the network") {
                try await doubled(act, $0)
            },
        ]
    }

    private static func inTurn(_ act: MoneyAct, _ subject: Subject) async throws {
        let trial = try subject.trial()
        let prepared = try await act.prepare(trial)
        let key = freshKey()
        for attempt in 1...3 {
            let result = try await prepared.call(trial.context(key, attempt: attempt))
            guard case .success = result else {
                throw Breach("the \(attempt). time it fails: \(words(result))")
            }
        }
        try expectOne(prepared)
    }

    private static func atOnce(_ act: MoneyAct, _ subject: Subject) async throws {
        let trial = try subject.trial()
        let prepared = try await act.prepare(trial)
        let key = freshKey()
        let results = try await withThrowingTaskGroup(of: Result<Void, ProviderError>.self) {
            group in
            for _ in 0..<8 { group.addTask { try await prepared.call(trial.context(key)) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for result in results {
            switch result {
            // A provider may turn away the second while it is at the first.
            case .success, .failure(.unavailable), .failure(.ambiguous): continue
            case .failure(let error): throw Breach("one of eight was told: \(error)")
            }
        }
        let isOneDone = results.contains { if case .success = $0 { true } else { false } }
        try expect(isOneDone, "none of eight succeeded")
        try expectOne(prepared)
    }

    private static func doubled(_ act: MoneyAct, _ subject: Subject) async throws {
        let trial = try subject.trial()
        let prepared = try await act.prepare(trial)
        trial.wire.set(.doubled)
        let result = try await prepared.call(trial.context())
        guard case .success = result else { throw Breach("it fails: \(words(result))") }
        if trial.wire.requests.isEmpty { throw DoesNotApply("it asks nobody") }
        try expectOne(prepared)
    }

    private static func expectOne(_ prepared: PreparedCall) throws {
        let effects = prepared.effects()
        try expect(
            effects == 1 || effects == 0 && prepared.mayLeaveNothing,
            "it happened \(effects) times")
    }
}
