import ProviderKit
import Synchronization

/// Hears everything that a module lets out during a run: log lines, errors, answers, addresses. It
/// keeps what it found in them and not what was said, so that it never has to stop listening.
final class Ears: Sendable {
    private struct State {
        var secrets: Set<String> = []
        /// The secrets, in each of the ways in which one gets out.
        var disguises: [String] = []
        var findings = ConformanceFindings()
        var told: @Sendable (ConformanceFindings) -> Void = { _ in }
    }

    private let state = Mutex(State())

    /// `told` hears of each new finding at once: the module may end this process any moment.
    func tell(_ told: @escaping @Sendable (ConformanceFindings) -> Void) {
        state.withLock { $0.told = told }
    }

    /// - Parameter place: where it was heard: `the log`.
    func hear(_ place: String, _ text: String) {
        let disguises = state.withLock { state in
            state.findings.leaks.contains(place) ? [] : state.disguises
        }
        // Outside of the lock: many calls come at once, and texts may be long.
        guard disguises.contains(where: { text.contains($0) }) else { return }
        note(ConformanceFindings(leaks: [place]))
    }

    func hear(strayed url: String) {
        note(ConformanceFindings(strayed: [String(url.prefix(ConformanceFindings.urlMax))]))
    }

    /// Remembers what must never be heard, before the module knows it.
    func keep(secrets: some Sequence<String>) {
        state.withLock { state in
            // Shorter ones would be found in anything.
            for secret in secrets where secret.utf8.count >= 8 {
                guard state.secrets.insert(secret).inserted else { continue }
                let bytes = Array(secret.utf8)
                let encoded = base64(bytes).prefix { $0 != "=" }.dropLast()
                state.disguises += [secret, hexadecimal(bytes), String(encoded)]
            }
        }
    }

    var findings: ConformanceFindings { state.withLock { $0.findings } }

    private func note(_ found: ConformanceFindings) {
        let told = state.withLock { state in
            state.findings.add(found) ? state.told : nil
        }
        told?(found)
    }
}

/// What came out of a module in a run and must not have.
public struct ConformanceFindings: Hashable, Sendable, Codable {
    /// Where a secret was heard: `the log`.
    public private(set) var leaks: Set<String>
    /// Addresses that the module tried and may not talk to.
    public private(set) var strayed: Set<String>

    /// More addresses than that, and more of one, are not kept: the module makes them up.
    static let strayedMax = 100
    static let urlMax = 200

    public init(leaks: Set<String> = [], strayed: Set<String> = []) {
        self.leaks = leaks
        self.strayed = strayed
    }

    /// - Returns: whether there was anything new.
    mutating func add(_ other: ConformanceFindings) -> Bool {
        let before = self
        leaks.formUnion(other.leaks)
        if strayed.count < Self.strayedMax { strayed.formUnion(other.strayed) }
        return self != before
    }

    /// What breaks the rule of that group, in a sentence; nil when nothing does.
    func breach(of group: String) -> String? {
        switch group {
        case "egress" where !strayed.isEmpty: "it tried \(strayed.sorted().joined(separator: ", "))"
        case "secrets" where !leaks.isEmpty:
            "a secret was in \(leaks.sorted().joined(separator: ", "))"
        default: nil
        }
    }
}
