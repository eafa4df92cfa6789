import Synchronization

/// Rings at deadlines, which hardly ever come. One timer of the system serves all of them: a
/// sleeping task for each would set a timer and take it back, several times for every call.
final class AlarmClock: Sendable {
    static let shared = AlarmClock()

    struct Alarm: Sendable {
        fileprivate let number: UInt64
    }

    private struct Pending {
        var time: ContinuousClock.Instant
        var ring: @Sendable () -> Void
    }

    private struct State {
        var pending: [UInt64: Pending] = [:]
        var nextNumber: UInt64 = 0
        /// When the task wakes that looks who is next. Others may sleep longer, for nothing.
        var wakesAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())

    /// Has `ring` called at `time`, on any thread, unless it is cancelled before.
    func set(at time: ContinuousClock.Instant, ring: @escaping @Sendable () -> Void) -> Alarm {
        let (number, isFirst) = state.withLock { state in
            let number = state.nextNumber
            state.nextNumber += 1
            state.pending[number] = Pending(time: time, ring: ring)
            let isFirst = state.wakesAt.map { time < $0 } ?? true
            if isFirst { state.wakesAt = time }
            return (number, isFirst)
        }
        if isFirst { sleep(until: time) }
        return Alarm(number: number)
    }

    /// After this it rings no more, unless it is ringing at this moment.
    func cancel(_ alarm: Alarm) {
        // Let go of outside of the lock: it may be the last to hold something.
        let taken = state.withLock { $0.pending.removeValue(forKey: alarm.number) }
        _ = taken
    }

    private func sleep(until time: ContinuousClock.Instant) {
        Task { [self] in
            _ = try? await Task.sleep(until: time, clock: .continuous)
            wake(at: time)
        }
    }

    private func wake(at time: ContinuousClock.Instant) {
        let (due, next) = state.withLock { state in
            let now = ContinuousClock.now
            let due = state.pending.filter { $0.value.time <= now }
            for number in due.keys { state.pending[number] = nil }
            // Another woke before and looks after the rest.
            guard state.wakesAt == time else { return (due, ContinuousClock.Instant?.none) }
            state.wakesAt = state.pending.values.map(\.time).min()
            return (due, state.wakesAt)
        }
        for alarm in due.values { alarm.ring() }
        if let next { sleep(until: next) }
    }
}
