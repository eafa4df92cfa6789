import ProviderKit
import Vocabulary

/// What must never come out, and where a module may never go. They run last: they look at all
/// that was heard before.
enum SecretCases {
    static let all: [ConformanceCase] = [
        ConformanceCase("sandbox", "live settings lead nowhere in sandbox mode") {
            try await sandbox($0)
        },
        ConformanceCase("egress", "it tries no hosts but its own") {
            try $0.judgeFindings("egress")
        },
        ConformanceCase("secrets", "none in logs, errors, answers or addresses") {
            try $0.judgeFindings("secrets")
        },
    ]

    private static func sandbox(_ subject: Subject) async throws {
        let counterpart = subject.counterpart?.make()
        let apart = Subject(
            module: subject.module, counterpart: subject.counterpart, settings: subject.settings,
            ears: Ears())
        guard let live = counterpart?.liveSettings else {
            return try await withoutLiveSettings(apart)
        }
        guard let trial = try? apart.trial(counterpart, live) else { return }
        let result = await checked(trial)
        try expect(
            trial.wire.requests.isEmpty || !apart.ears.findings.strayed.isEmpty,
            "with live settings a sandbox instance reached its provider: \(words(result))")
    }

    /// Nothing can be tried then, which is all right where nothing live can be reached.
    private static func withoutLiveSettings(_ subject: Subject) async throws {
        let module = subject.descriptor
        guard module.kind == .payment else { throw DoesNotApply("it moves no money") }
        guard !module.hosts.isEmpty || module.fields.contains(where: { $0.kind == .url }) else {
            throw DoesNotApply("it speaks to nobody")
        }
        guard module.liveHosts.isEmpty else {
            throw DoesNotApply(
                "its counterpart has no live settings; its live hosts are shut to it")
        }
        let counterpart = subject.counterpart?.make()
        let values = (counterpart?.settings ?? [:]).merging(subject.settings) { _, given in given }
        guard let trial = try? subject.trial(counterpart, values, mode: .live) else {
            throw DoesNotApply("it takes one mode only")
        }
        // A program refuses its settings when it is asked first.
        let result = await checked(trial)
        guard case .failure = result, trial.wire.requests.isEmpty else {
            throw Breach(
                "it takes both modes, and neither liveHosts nor the counterpart's liveSettings say "
                    + "what is live")
        }
        throw DoesNotApply("it takes one mode only")
    }

    private static func checked(_ trial: Trial) async -> Result<[String], ProviderError> {
        await trial.calling { () throws(ProviderError) in
            try await trial.provider.check(trial.context())
        }
    }
}

extension Subject {
    fileprivate func judgeFindings(_ group: String) throws {
        if let sentence = ears.findings.breach(of: group) { throw Breach(sentence) }
    }
}
