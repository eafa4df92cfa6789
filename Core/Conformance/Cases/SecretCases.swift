import ProviderKit
import Vocabulary

/// What must never come out, and where a module may never go. They run last: they look at all
/// that was heard before.
enum SecretCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("sandbox", "live settings lead nowhere in sandbox mode") { subject in
            let counterpart = subject.counterpart?.make()
            let live = try applicable(
                counterpart?.liveSettings, "it does not tell live settings apart")
            let ears = Ears()
            let subject = Subject(
                module: subject.module, counterpart: subject.counterpart, settings: [:],
                ears: ears)
            guard let trial = try? subject.trial(counterpart, live) else { return }
            let result = await trial.calling { () throws(ProviderError) in
                try await trial.provider.check(trial.context())
            }
            try expect(
                trial.wire.requests.isEmpty || !ears.strayed.isEmpty,
                "with live settings a sandbox instance reached its provider: \(words(result))")
        },
        ConformanceCase("egress", "it tries no hosts but its own") { subject in
            let strayed = subject.ears.strayed
            try expect(strayed.isEmpty, "it tried \(strayed.joined(separator: ", "))")
        },
        ConformanceCase("secrets", "none in logs, errors, answers or addresses") { subject in
            let leaks = subject.ears.leaks
            try expect(leaks.isEmpty, "a secret was in \(leaks.joined(separator: ", "))")
        },
    ]
}
