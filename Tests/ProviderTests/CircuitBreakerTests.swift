import Synchronization
import Testing
import Vocabulary

@testable import ProviderHost

@Suite struct `A circuit breaker` {
    /// A clock that moves when it is told to.
    private final class Clock: Sendable {
        private let time = Mutex(Instant(secondsSince1970: 1_800_000_000))
        var now: Instant { time.withLock { $0 } }
        func pass(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
    }

    @Test func `opens after five failures, lets one call try, and closes when that is answered`() {
        let clock = Clock()
        let breaker = CircuitBreaker { clock.now }
        for _ in 0..<CircuitBreaker.failuresMax {
            #expect(breaker.admits())
            breaker.failed()
        }
        #expect(!breaker.admits() && breaker.isHoldingBack)

        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits())
        #expect(!breaker.admits(), "a second call tries while the first is under way")
        breaker.answered()
        #expect(breaker.admits() && breaker.admits() && !breaker.isHoldingBack)
    }

    @Test func `stays open when the one that tries fails, and waits anew`() {
        let clock = Clock()
        let breaker = CircuitBreaker { clock.now }
        for _ in 0..<CircuitBreaker.failuresMax { breaker.failed() }
        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits())
        breaker.failed()
        #expect(!breaker.admits())
        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits())
        // Nobody could ask: another may try at once.
        breaker.unanswered()
        #expect(breaker.admits())
    }
}
