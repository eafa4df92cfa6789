import Synchronization

/// The calls of each instance to which its module has not come back at their deadline. Nobody waits
/// for them any more, but they may hold a thread and memory for good: of a module that keeps doing
/// that nothing more is asked until it comes back, or the host is put anew.
final class OverdueCalls: Sendable {
    /// So many of one instance. One or two may be slow in giving up.
    static let most = 8

    struct Ticket: Sendable {
        fileprivate let number: UInt64
        fileprivate let instance: String
    }

    private struct State {
        var nextNumber: UInt64 = 0
        /// Whether the deadline of each that is under way has passed.
        var underWay: [UInt64: Bool] = [:]
        var overdue: [String: Int] = [:]
    }

    private let state = Mutex(State())

    /// - Returns: nil when too many of the instance's calls have not come back.
    func begin(_ instance: String) -> Ticket? {
        state.withLock { state in
            guard state.overdue[instance, default: 0] < Self.most else { return nil }
            state.nextNumber += 1
            state.underWay[state.nextNumber] = false
            return Ticket(number: state.nextNumber, instance: instance)
        }
    }

    /// Its deadline has passed.
    func pass(_ ticket: Ticket) {
        state.withLock { state in
            guard state.underWay[ticket.number] == false else { return }
            state.underWay[ticket.number] = true
            state.overdue[ticket.instance, default: 0] += 1
        }
    }

    /// The module has come back.
    func end(_ ticket: Ticket) {
        state.withLock { state in
            guard state.underWay.removeValue(forKey: ticket.number) == true else { return }
            let left = state.overdue[ticket.instance, default: 1] - 1
            state.overdue[ticket.instance] = left == 0 ? nil : left
        }
    }
}
