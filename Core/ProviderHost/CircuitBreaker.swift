import Synchronization
import Vocabulary

/// Stops asking a provider that does not answer, and tries it again after a while with one call.
///
/// What a customer waits for at the checkout is counted by itself besides: look-ups that are
/// answered all the time do not hide that nobody can pay, and go on while nobody new is sent there.
final class CircuitBreaker: Sendable {
    /// So many failures in a row open it: fewer would let one bad minute of the network do it.
    static let failuresMax = 5
    /// So many starts in a row that the provider takes for invalid do, too: fewer may be one
    /// customer's odd input, tried again and again.
    static let fruitlessMax = 20
    /// How long nothing is sent after that.
    static let pause: Duration = .seconds(10)

    fileprivate struct State {
        var everything = Circuit()
        var checkout = Circuit()
        var recent = CallWindow()
    }

    private let state = Mutex(State())
    private let now: @Sendable () -> Instant

    init(now: @escaping @Sendable () -> Instant = { .systemNow }) { self.now = now }

    /// Whether a call may go out; while half open only one at a time does.
    /// - Parameter atCheckout: whether a customer waits for it, here and below.
    func admits(atCheckout: Bool = false) -> Bool {
        state.withLock { state in
            // Nobody looks at the clock for a provider that answers.
            guard state.everything.isOpen || atCheckout && state.checkout.isOpen else {
                return true
            }
            let now = now()
            guard state.everything.admits(at: now), !atCheckout || state.checkout.admits(at: now)
            else { return false }
            state.everything.begin()
            if atCheckout { state.checkout.begin() }
            return true
        }
    }

    /// The provider answered, be it with a no.
    func answered(atCheckout: Bool = false) {
        state.withLock { state in
            state.everything = Circuit()
            if atCheckout { state.count(.fruitful, at: now()) }
        }
    }

    /// The provider answered that what it was asked at a checkout makes no sense to it: that may be
    /// one customer's input, or everybody's.
    func refused() {
        state.withLock { state in
            state.everything = Circuit()
            state.count(.refused, at: now())
        }
    }

    /// Nobody could ask the provider: it says nothing about it.
    func unanswered(atCheckout: Bool = false) {
        state.withLock { state in
            state.everything.isProbing = false
            if atCheckout { state.checkout.isProbing = false }
        }
    }

    /// The provider did not answer, said that it cannot, or does not take our credentials.
    func failed(atCheckout: Bool = false) {
        state.withLock { state in
            let now = now()
            state.everything.failures += 1
            state.everything.isProbing = false
            if state.everything.failures >= Self.failuresMax { state.everything.open(at: now) }
            if atCheckout { state.count(.failed, at: now) }
        }
    }

    /// In how many seconds a call that is held back now may be made: longer the longer nobody has
    /// been served, up to ten minutes.
    var holdSeconds: Int {
        state.withLock { state in
            let least = Self.pause.components.seconds
            let opened = [state.everything.openedAt, state.checkout.openedAt].compactMap(\.self)
                .min()
            guard let opened else { return Int(least) }
            let lasted = now().secondsSince1970 - opened.secondsSince1970
            return Int(min(max(least, lasted / 4), 600))
        }
    }

    /// Whether a call that came now would be held back, one at the checkout at least.
    var isHoldingBack: Bool {
        state.withLock { state in
            guard state.everything.isOpen || state.checkout.isOpen else { return false }
            let now = now()
            return !state.everything.admits(at: now) || !state.checkout.admits(at: now)
        }
    }
}

extension CircuitBreaker {
    /// What became of a call that a customer waited for.
    fileprivate enum Outcome { case fruitful, refused, failed }

    /// Whether calls go out.
    fileprivate struct Circuit {
        /// In a row: without an answer, and without one that anybody could use.
        var failures = 0
        var fruitless = 0
        var openUntil: Instant?
        /// When it opened for the first time since somebody was served.
        var openedAt: Instant?
        var isProbing = false

        var isOpen: Bool { openUntil != nil }

        func admits(at now: Instant) -> Bool {
            guard let openUntil else { return true }
            return now >= openUntil && !isProbing
        }

        mutating func begin() { isProbing = isOpen }

        mutating func open(at now: Instant) {
            openUntil = now.advanced(by: CircuitBreaker.pause)
            openedAt = openedAt ?? now
        }

        mutating func close() { (openUntil, openedAt) = (nil, nil) }
    }
}

extension CircuitBreaker.State {
    fileprivate mutating func count(_ outcome: CircuitBreaker.Outcome, at now: Instant) {
        // Of calls that began before it opened, some may still be answered: that closes nothing.
        if let openUntil = checkout.openUntil, now < openUntil, outcome != .failed { return }
        let wasOpen = checkout.isOpen
        checkout.isProbing = false
        checkout.failures = outcome == .failed ? checkout.failures + 1 : 0
        checkout.fruitless = outcome == .fruitful ? 0 : checkout.fruitless + 1
        recent.add(hasFailed: outcome == .failed, at: now)
        if checkout.failures >= CircuitBreaker.failuresMax
            || checkout.fruitless >= CircuitBreaker.fruitlessMax
            || outcome == .failed && (wasOpen || recent.isBad(at: now))
        {
            checkout.open(at: now)
        } else if wasOpen {
            // The one that tried was answered: what went before counts no more.
            checkout.close()
            recent = CallWindow()
        }
    }
}
