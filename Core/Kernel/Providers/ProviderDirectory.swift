import ProviderHost
import Synchronization
import Vocabulary

/// All instances and rules as they were at one moment.
struct ProviderTables: Sendable {
    var instances: [ProviderInstance]
    var rules: [ProviderRule]

    func instance(_ id: ID<ProviderInstance>) throws(ProviderRefusal) -> ProviderInstance {
        guard let instance = instances.first(where: { $0.id == id }) else {
            throw .instanceMissing
        }
        return instance
    }
}

/// What a process remembers of the tables and of the live objects made from them.
final class ProviderDirectory: Sendable {
    /// Read again after this long even when nothing was heard, in case hearing failed.
    static let ageMax: Duration = .seconds(30)

    /// What a live object was made of.
    struct Made: Hashable {
        /// Of the instance's configuration.
        var version: Int
        /// Of ``ProviderRuntime``.
        var session: Int

        /// Whether it is at least as new as `other`.
        func covers(_ other: Made) -> Bool {
            version >= other.version && session >= other.session
        }
    }

    private struct State {
        var isHearing = false
        var generation = 0
        var tables: (read: ContinuousClock.Instant, tables: ProviderTables)?
        var live: [ID<ProviderInstance>: (made: Made, guarded: ProviderGuard)] = [:]
    }

    private let state = Mutex(State())

    /// Something changed, or may have while the connection was away.
    func hear() {
        state.withLock { state in
            state.isHearing = true
            state.generation += 1
            state.tables = nil
        }
    }

    /// Reads the tables anew at the next question.
    func forget() {
        state.withLock { state in
            state.generation += 1
            state.tables = nil
        }
    }

    func stopHearing() {
        state.withLock { state in
            state.isHearing = false
            state.tables = nil
        }
    }

    /// What is known, when it may still be believed.
    var known: ProviderTables? {
        state.withLock { state in
            guard state.isHearing, let tables = state.tables,
                ContinuousClock.now - tables.read < Self.ageMax
            else { return nil }
            return tables.tables
        }
    }

    var generation: Int { state.withLock { $0.generation } }

    /// Remembers what was read, unless something was heard since the reading began.
    func remember(_ tables: ProviderTables, generation: Int) {
        state.withLock { state in
            guard state.generation == generation else { return }
            state.tables = (.now, tables)
        }
    }

    func live(_ id: ID<ProviderInstance>, _ made: Made) -> ProviderGuard? {
        state.withLock { state in
            guard let live = state.live[id], live.made == made else { return nil }
            return live.guarded
        }
    }

    /// Keeps the first object that was made for a version, so that all callers share its breaker.
    func keep(
        _ guarded: ProviderGuard, _ id: ID<ProviderInstance>, _ made: Made
    ) -> ProviderGuard {
        state.withLock { state in
            if let live = state.live[id], live.made.covers(made) { return live.guarded }
            state.live[id] = (made, guarded)
            return guarded
        }
    }

    /// Those to which calls are being held back just now.
    var down: [ID<ProviderInstance>] {
        state.withLock { $0.live.filter { $0.value.guarded.isDown }.map(\.key) }
    }

    /// Whether calls to it are being held back because it does not answer.
    func isDown(_ id: ID<ProviderInstance>) -> Bool {
        state.withLock { $0.live[id]?.guarded.isDown ?? false }
    }
}
