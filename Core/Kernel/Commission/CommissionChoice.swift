import Vocabulary

/// Which rule a line falls under, and why not under the others. Pure.
struct CommissionChoice: Sendable {
    let rule: CommissionRule?
    let reasoning: String

    /// The closest of the rules in effect; of equally close ones, which publishing refuses, the
    /// one that took effect last.
    init(of rules: [CommissionRule], for line: CommissionLine, at instant: Instant) {
        var fitting: [(rule: CommissionRule, closeness: CommissionScope.Closeness)] = []
        var others: [(rule: CommissionRule, why: String)] = []
        for rule in rules where rule.isEffective(at: instant) {
            switch rule.scope.fit(line) {
            case .closeness(let closeness): fitting.append((rule, closeness))
            case .not(let why): others.append((rule, why))
            }
        }
        fitting.sort { left, right in
            if left.closeness != right.closeness { return left.closeness > right.closeness }
            return (left.rule.effectiveFrom, left.rule.id)
                > (right.rule.effectiveFrom, right.rule.id)
        }
        rule = fitting.first?.rule
        var sentences: [String] = []
        if let best = fitting.first {
            sentences.append("\(best.rule.label) is for \(best.closeness.text).")
        } else {
            sentences.append("No rule is for this sale.")
        }
        sentences += fitting.dropFirst().prefix(Self.namedMax).map {
            "Not \($0.rule.label): it is for \($0.closeness.text)."
        }
        sentences += others.prefix(Self.namedMax).map { "Not \($0.rule.label): \($0.why)." }
        let unnamed =
            max(0, fitting.count - 1 - Self.namedMax) + max(0, others.count - Self.namedMax)
        if unnamed > 0 { sentences.append("Nor \(unnamed) more.") }
        reasoning = sentences.joined(separator: " ")
    }

    /// So many of each kind are named; the text is kept with every line that is sold.
    private static let namedMax = 5
}
