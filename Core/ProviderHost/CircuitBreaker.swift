import Synchronization
import Vocabulary

/// Stops asking a provider that does not answer, and tries it again after a while with one call.
final class CircuitBreaker: Sendable {
    /// So many failures in a row open it: fewer would let one bad minute of the network do it.
    static let failuresMax = 5
    /// How long nothing is sent after that.
    static let pause: Duration = .seconds(10)

    private struct State {
        var failures = 0
        var openUntil: Instant?
        var isProbing = false
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Instant

    init(now: @escaping @Sendable () -> Instant = { .systemNow }) { self.now = now }

    /// Whether a call may go out; while half open only one at a time does.
    func admits() -> Bool {
        state.withLock { state in
            guard let openUntil = state.openUntil else { return true }
            guard now() >= openUntil, !state.isProbing else { return false }
            state.isProbing = true
            return true
        }
    }

    /// The provider answered, be it with a no.
    func answered() { state.withLock { $0 = State() } }

    /// Nobody could ask the provider: it says nothing about it.
    func unanswered() { state.withLock { $0.isProbing = false } }

    /// The provider did not answer, said that it cannot, or does not take our credentials.
    func failed() {
        state.withLock { state in
            state.failures += 1
            state.isProbing = false
            if state.failures >= Self.failuresMax {
                state.openUntil = now().advanced(by: Self.pause)
            }
        }
    }

    /// Whether a call that came now would be held back.
    var isHoldingBack: Bool {
        state.withLock { state in
            state.openUntil.map { now() < $0 || state.isProbing } ?? false
        }
    }
}
