import Synchronization

/// Lets one through at a time for each name, in the order of arrival.
final class OneAtATime: Sendable {
    private struct Waiter {
        var number: UInt64
        var continuation: CheckedContinuation<Bool, Never>
    }

    private struct State {
        /// The names whose place is taken, and who waits for it.
        var waiters: [String: [Waiter]] = [:]
        var nextNumber: UInt64 = 0
    }

    private let state = Mutex(State())

    /// Waits until nobody of that name is inside, but no longer than `end`.
    /// - Returns: whether the caller is inside, and has to leave.
    func enter(_ name: String, before end: ContinuousClock.Instant) async -> Bool {
        let number = state.withLock { state in
            state.nextNumber += 1
            return state.nextNumber
        }
        let alarm = AlarmClock.shared.set(at: end) { [self] in giveUp(name, number) }
        let isInside = await withCheckedContinuation { continuation in
            let isKnown: Bool? = state.withLock { state in
                guard state.waiters[name] != nil else {
                    state.waiters[name] = []
                    return true
                }
                guard ContinuousClock.now < end else { return false }
                state.waiters[name]?.append(Waiter(number: number, continuation: continuation))
                return nil
            }
            if let isKnown { continuation.resume(returning: isKnown) }
        }
        AlarmClock.shared.cancel(alarm)
        return isInside
    }

    func leave(_ name: String) {
        let next: Waiter? = state.withLock { state in
            guard state.waiters[name]?.isEmpty == false else {
                state.waiters[name] = nil
                return nil
            }
            return state.waiters[name]?.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    private func giveUp(_ name: String, _ number: UInt64) {
        let waiter: Waiter? = state.withLock { state in
            guard let index = state.waiters[name]?.firstIndex(where: { $0.number == number })
            else { return nil }
            return state.waiters[name]?.remove(at: index)
        }
        waiter?.continuation.resume(returning: false)
    }
}
