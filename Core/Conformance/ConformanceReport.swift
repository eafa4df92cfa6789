import ProviderKit

/// What a conformance run found of one version of a module.
public struct ConformanceReport: Hashable, Sendable, Codable {
    public var module: String
    public var version: String
    public var kind: ProviderKind
    public var contract: Int64
    public var cases: [ConformanceOutcome]
    /// Whether the run stood in a network of its own, in which there is nobody else: false where
    /// the machine permits none, nil where nobody looked after that.
    public var wasWalledOff: Bool?

    /// Whether nothing failed.
    public var passes: Bool { !cases.contains { $0.result == .failed } }

    public func count(_ result: ConformanceOutcome.Result) -> Int {
        cases.count { $0.result == result }
    }

    public init(_ descriptor: ModuleDescriptor, cases: [ConformanceOutcome]) {
        module = descriptor.key
        version = descriptor.version
        kind = descriptor.kind
        contract = providerContractVersion
        self.cases = cases
    }
}

/// How one case ended.
public struct ConformanceOutcome: Hashable, Sendable, Codable {
    public enum Result: String, Hashable, Sendable, Codable, CaseIterable {
        case passed, failed
        /// The module does not do what the case is about.
        case skipped
    }

    /// What the case belongs to: "one effect".
    public var group: String
    public var name: String
    public var result: Result
    /// What is wrong, or why it was skipped.
    public var detail: String
    public var milliseconds: Int64

    public init(
        group: String, name: String, result: Result, detail: String = "", milliseconds: Int64 = 0
    ) {
        self.group = group
        self.name = name
        self.result = result
        self.detail = detail
        self.milliseconds = milliseconds
    }
}

extension ConformanceReport {
    /// The report as lines for a person: what was tried one by one, what does not apply by reason.
    public var table: [String] {
        let tried = cases.filter { $0.result != .skipped }
        let width = tried.map(\.group.count).max() ?? 0
        let lines = tried.map { outcome in
            let mark = outcome.result == .passed ? "ok    " : "FAILED"
            let detail = outcome.detail.isEmpty ? "" : ": \(outcome.detail)"
            return "\(mark)  \(outcome.group.padding(to: width))  \(outcome.name)\(detail)"
        }
        let reasons = Dictionary(grouping: cases.filter { $0.result == .skipped }, by: \.detail)
            .sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
            .map { "–       \($0.value.count) do not apply: \($0.key)" }
        let warning =
            "–       This machine permits no network namespaces: the module could open "
            + "connections of its own while it was tried."
        return lines + reasons + (wasWalledOff == false ? [warning] : []) + [sum]
    }

    /// The report as one line.
    public var sum: String {
        "\(module) \(version), contract \(contract): \(count(.passed)) passed, "
            + "\(count(.failed)) failed, \(count(.skipped)) do not apply"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String {
        self + String(repeating: " ", count: Swift.max(0, width - count))
    }
}
