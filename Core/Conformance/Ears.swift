import ProviderKit
import Synchronization

/// Everything that a module let out during a run: log lines, errors, answers, addresses.
final class Ears: Sendable {
    private struct State {
        var texts: [(place: String, text: String)] = []
        var hosts: Set<String> = []
        var strayed: Set<String> = []
        var secrets: Set<String> = []
    }

    private let state = Mutex(State())
    /// More is not kept: a module that logs without end must not fill the memory.
    private static let textsMax = 50_000

    func hear(_ place: String, _ text: String) {
        state.withLock { state in
            if state.texts.count < Self.textsMax { state.texts.append((place, text)) }
        }
    }

    func hear(url: String, host: String) {
        hear("an address", url)
        state.withLock { _ = $0.hosts.insert(host) }
    }

    func hear(strayed url: String) { state.withLock { _ = $0.strayed.insert(url) } }

    /// Remembers what must never be heard.
    func keep(secrets: some Sequence<String>) {
        // Shorter ones would be found in anything.
        state.withLock { $0.secrets.formUnion(secrets.filter { $0.utf8.count >= 8 }) }
    }

    /// Addresses that the module tried and may not talk to.
    var strayed: [String] { state.withLock { $0.strayed.sorted() } }

    /// Where a secret was heard, in any of the ways in which one gets out.
    var leaks: [String] {
        state.withLock { state in
            let disguises = state.secrets.flatMap { secret -> [String] in
                let bytes = Array(secret.utf8)
                let encoded = base64(bytes).prefix { $0 != "=" }.dropLast()
                return [secret, hexadecimal(bytes), String(encoded)]
            }
            var places: Set<String> = []
            for (place, text) in state.texts
            where disguises.contains(where: { text.contains($0) }) {
                places.insert(place)
            }
            return places.sorted()
        }
    }
}
