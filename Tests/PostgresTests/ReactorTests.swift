import Glibc
import Reactor
import Synchronization
import Testing

@Suite struct `The reactor` {
    @Test func `work runs on its one thread in the order of submission`() async throws {
        let reactor = Reactor()
        let seen = Mutex<[Int]>([])
        for number in 0..<10_000 {
            reactor.submit { seen.withLock { $0.append(reactor.isCurrent ? number : -1) } }
        }
        await withCheckedContinuation { continuation in
            reactor.submit { continuation.resume() }
        }
        #expect(seen.withLock { $0 } == Array(0..<10_000))
        #expect(!reactor.isCurrent)
        reactor.shutdown()
    }

    @Test func `timers fire in the order of their time, and cancelled ones not at all`()
        async throws
    {
        let reactor = Reactor()
        let fired = Mutex<[Int]>([])
        await withCheckedContinuation { continuation in
            reactor.submit {
                for delay in [30, 10, 20, 15, 1] {
                    reactor.schedule(after: .milliseconds(delay)) {
                        fired.withLock { $0.append(delay) }
                    }
                }
                let cancelled = reactor.schedule(after: .milliseconds(5)) {
                    fired.withLock { $0.append(-1) }
                }
                reactor.cancel(cancelled)
                reactor.schedule(after: .milliseconds(40)) { continuation.resume() }
            }
        }
        #expect(fired.withLock { $0 } == [1, 10, 15, 20, 30])
    }

    @Test func `tasks on many threads wake it without losing one`() async throws {
        let reactor = Reactor()
        let tally = Tally()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    for _ in 0..<500 {
                        await withUnsafeContinuation { continuation in
                            reactor.submit {
                                tally.count.withLock { $0 += 1 }
                                continuation.resume()
                            }
                        }
                    }
                }
            }
        }
        #expect(tally.count.withLock { $0 } == 8000)
    }

    @Test func `calls that block run beside it, a bounded number at a time`() async throws {
        let calls = BlockingCalls()
        let gate = Mutex(0)
        let accepted = (0..<100).filter { _ in
            calls.run {
                while gate.withLock({ $0 }) == 0 { usleep(1000) }
            }
        }.count
        #expect(accepted == BlockingCalls.threadsMax + BlockingCalls.waitingMax)
        gate.withLock { $0 = 1 }
    }
}
