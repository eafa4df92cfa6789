import Synchronization
import Testing
import Vocabulary

@testable import ProviderHost

/// A clock that moves when it is told to.
final class MovedClock: Sendable {
    private let time = Mutex(Instant(secondsSince1970: 1_800_000_000))
    var now: Instant { time.withLock { $0 } }
    func pass(_ duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
}

@Suite struct `A circuit breaker` {
    @Test func `opens after five failures, lets one call try, and closes when that is answered`() {
        let clock = MovedClock()
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

    @Test func `has callers wait longer the longer nobody was served`() {
        let clock = MovedClock()
        let breaker = CircuitBreaker { clock.now }
        for _ in 0..<CircuitBreaker.failuresMax { breaker.failed() }
        #expect(breaker.holdSeconds == 10)
        clock.pass(.seconds(100))
        #expect(breaker.admits())
        breaker.failed()
        #expect(breaker.holdSeconds == 25)
        clock.pass(.seconds(7200))
        #expect(breaker.holdSeconds == 600)
        breaker.answered()
        #expect(breaker.holdSeconds == 10)
    }

    @Test func `stays open when the one that tries fails, and waits anew`() {
        let clock = MovedClock()
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

    @Test func `opens to customers when starts fail, however many look-ups are answered`() {
        let clock = MovedClock()
        let breaker = CircuitBreaker { clock.now }
        for _ in 0..<CircuitBreaker.failuresMax {
            #expect(breaker.admits(atCheckout: true))
            breaker.failed(atCheckout: true)
            #expect(breaker.admits())
            breaker.answered()
        }
        #expect(!breaker.admits(atCheckout: true) && breaker.isHoldingBack)
        #expect(breaker.admits(), "what was begun there goes on")
        breaker.answered()
        #expect(!breaker.admits(atCheckout: true), "a look-up closed it")
        // One that began before it opened.
        breaker.answered(atCheckout: true)
        #expect(!breaker.admits(atCheckout: true), "a late answer closed it")

        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits(atCheckout: true))
        #expect(!breaker.admits(atCheckout: true), "a second one tries at the same time")
        breaker.failed(atCheckout: true)
        #expect(!breaker.admits(atCheckout: true))
        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits(atCheckout: true))
        breaker.answered(atCheckout: true)
        #expect(breaker.admits(atCheckout: true) && breaker.admits(atCheckout: true))
        #expect(!breaker.isHoldingBack)
    }

    /// Of five calls, so many fail, never five in a row; a call every so many seconds.
    @Test(arguments: [(3, 1, true), (2, 1, false), (3, 2, false)])
    func `opens when half of twenty calls of customers in half a minute fail`(
        _ failing: Int, _ seconds: Int, _ opens: Bool
    ) {
        let clock = MovedClock()
        let breaker = CircuitBreaker { clock.now }
        for index in 0..<20 {
            clock.pass(.seconds(seconds))
            #expect(breaker.admits(atCheckout: true), "it opened after \(index) calls")
            if index % 5 >= 5 - failing {
                breaker.failed(atCheckout: true)
            } else {
                breaker.answered(atCheckout: true)
            }
        }
        #expect(breaker.isHoldingBack == opens)
        guard opens else { return }

        // The one that tries is answered: what went before counts no more.
        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits(atCheckout: true))
        breaker.answered(atCheckout: true)
        breaker.failed(atCheckout: true)
        #expect(!breaker.isHoldingBack)
    }

    @Test func `opens when twenty starts in a row are invalid, not for one customer's odd input`() {
        let clock = MovedClock()
        let breaker = CircuitBreaker { clock.now }
        func refuse(_ count: Int) {
            for _ in 0..<count {
                #expect(breaker.admits(atCheckout: true))
                breaker.refused()
                breaker.answered()
            }
        }
        // Somebody else pays in between.
        for _ in 0..<5 {
            refuse(CircuitBreaker.fruitlessMax - 1)
            breaker.answered(atCheckout: true)
        }
        #expect(!breaker.isHoldingBack)

        refuse(CircuitBreaker.fruitlessMax)
        #expect(breaker.isHoldingBack && breaker.admits() && !breaker.admits(atCheckout: true))

        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits(atCheckout: true))
        breaker.refused()
        #expect(!breaker.admits(atCheckout: true))
        clock.pass(CircuitBreaker.pause)
        #expect(breaker.admits(atCheckout: true))
        // Nobody could ask: another may try at once.
        breaker.unanswered(atCheckout: true)
        #expect(breaker.admits(atCheckout: true))
        breaker.answered(atCheckout: true)
        #expect(!breaker.isHoldingBack)
    }
}
