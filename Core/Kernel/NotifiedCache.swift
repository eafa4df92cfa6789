import Postgres
import Synchronization

/// Answers that a process keeps until PostgreSQL notifies it that they have changed.
///
/// An answer is given from memory only while the listening connection is known to carry: when it
/// falls silent for ``silenceMax``, and until ``run()`` hears, every question is asked anew. So
/// what was changed is at most that old, also when a network swallows everything.
final class NotifiedCache<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    /// How long the listening connection may be silent before memory is not believed any more.
    static var silenceMax: Duration { .seconds(3) }

    private struct State {
        var isHearing = false
        /// Two generations instead of a list by age: when the young one is half of all, it becomes
        /// the old one, and what nobody asked for since then is gone.
        var young: [Key: Value] = [:]
        var old: [Key: Value] = [:]
        var youngCost = 0
        /// Readings under way; a notice takes its key out, and what was read is not kept.
        var readings: [Key: Int] = [:]
        var lastReading = 0
    }

    private let database: Database
    private let channel: String
    private let costMax: Int
    private let cost: @Sendable (Value) -> Int
    private let key: @Sendable (String) -> Key?
    private let state = Mutex(State())

    /// - Parameters:
    ///   - costMax: how much may be kept, in the unit of `cost`.
    ///   - key: what a notice's payload names; nil drops everything.
    init(
        _ database: Database, channel: String, costMax: Int,
        cost: @escaping @Sendable (Value) -> Int, key: @escaping @Sendable (String) -> Key?
    ) {
        self.database = database
        self.channel = channel
        self.costMax = costMax
        self.cost = cost
        self.key = key
    }

    /// What is kept under `key`, else what `read` returns.
    func value(_ key: Key, _ read: () async throws -> Value) async throws -> Value {
        if let heard = database.lastHeard, ContinuousClock.now - heard < Self.silenceMax,
            let known = find(key)
        {
            return known
        }
        guard let reading = begin(key) else { return try await read() }
        do {
            let value = try await read()
            finish(reading, key, value)
            return value
        } catch {
            finish(reading, key, nil)
            throw error
        }
    }

    /// Hears until cancelled.
    func run() async {
        for await event in database.listen(to: channel) {
            if Task.isCancelled { break }
            switch event {
            case .reconnected: clear(isHearing: true)
            case .notified(let payload):
                if let key = key(payload) { drop(key) } else { clear(isHearing: true) }
            }
        }
        clear(isHearing: false)
    }

    private func find(_ key: Key) -> Value? {
        state.withLock { state in
            if let value = state.young[key] { return value }
            guard let value = state.old.removeValue(forKey: key) else { return nil }
            keep(value, key, &state)
            return value
        }
    }

    private func keep(_ value: Value, _ key: Key, _ state: inout State) {
        let cost = cost(value)
        if state.youngCost + cost > costMax / 2 {
            state.old = state.young
            state.young = [:]
            state.youngCost = 0
        }
        if let replaced = state.young.updateValue(value, forKey: key) {
            state.youngCost -= self.cost(replaced)
        }
        state.youngCost += cost
    }

    /// The number of a new reading; nil when nothing may be kept.
    private func begin(_ key: Key) -> Int? {
        state.withLock { state in
            guard state.isHearing else { return nil }
            state.lastReading += 1
            state.readings[key] = state.lastReading
            return state.lastReading
        }
    }

    private func finish(_ reading: Int, _ key: Key, _ value: Value?) {
        state.withLock { state in
            guard state.readings[key] == reading else { return }
            state.readings[key] = nil
            if let value { keep(value, key, &state) }
        }
    }

    private func drop(_ key: Key) {
        state.withLock { state in
            state.readings[key] = nil
            state.old[key] = nil
            guard let value = state.young.removeValue(forKey: key) else { return }
            state.youngCost -= cost(value)
        }
    }

    private func clear(isHearing: Bool) {
        state.withLock { state in
            let number = state.lastReading
            state = State()
            state.isHearing = isHearing
            state.lastReading = number
        }
    }
}
