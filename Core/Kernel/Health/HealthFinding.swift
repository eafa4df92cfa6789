import Vocabulary

/// How something of the market is, in words of the language of the page that is being made.
public struct HealthFinding: Sendable {
    /// From what needs nobody to what needs somebody now.
    public enum State: String, Sendable, CaseIterable, Comparable {
        case good, warning, bad

        public static func < (one: State, other: State) -> Bool {
            (allCases.firstIndex(of: one) ?? 0) < (allCases.firstIndex(of: other) ?? 0)
        }
    }

    public enum Area: String, Sendable, CaseIterable {
        case processes, database, redis, disk, providers, jobs, notices, mail, payments, books
        case seals
    }

    public let area: Area
    /// What it is, such as a process or a lane.
    public let name: String
    public let state: State
    /// What was found.
    public let says: String
    /// What to do; nil when it is good.
    public let advice: String?
    /// The provider that it is about.
    public let provider: ID<ProviderInstance>?

    init(
        _ area: Area, _ name: Phrase, _ state: State, _ says: Phrase, _ advice: Phrase? = nil,
        provider: ID<ProviderInstance>? = nil
    ) {
        self.area = area
        self.name = name.text
        self.state = state
        self.says = says.text
        self.advice = state == .good ? nil : advice?.text
        self.provider = provider
    }

    /// By how large something is.
    init(
        _ area: Area, _ name: Phrase, _ value: Int64, warnOver warn: Int64, badOver bad: Int64,
        _ says: Phrase, _ advice: Phrase
    ) {
        let state: State = value > bad ? .bad : value > warn ? .warning : .good
        self.init(area, name, state, says, advice)
    }
}

extension HealthFacts {
    /// Everything, judged; what a market cannot be without is there also when it is good.
    public var findings: [HealthFinding] {
        guard isWhole else { return storeFindings }
        return storeFindings + processFindings + ruleFindings + providerFindings + workFindings
            + bookFindings
    }

    /// The worst of them.
    public static func state(of findings: [HealthFinding]) -> HealthFinding.State {
        findings.map(\.state).max() ?? .good
    }
}

extension Int64 {
    /// So many seconds, as a person says it: `45 s`, `12 min`, `3 h 5 min`, `2 days`.
    var asSpan: String {
        let span: Phrase =
            switch self {
            case ..<120: "\(self) s"
            case ..<7200: "\(self / 60) min"
            case ..<172_800: "\(self / 3600) h \(self % 3600 / 60) min"
            default: "\(self / 86_400) days"
            }
        return span.text
    }
}
