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

    @Test func `a socket that takes another's number gets none of its events`() async throws {
        let reactor = Reactor()
        let (one, two, quiet) = (Pipe(), Pipe(), Pipe())
        let (first, second, heir) = (Ear(), Ear(), Ear())
        first.onReady.withLock {
            $0 = {
                one.empty()
                // Within one round: the second socket is gone, and another has its number.
                reactor.unwatch(two.output)
                dup2(quiet.output, two.output)
                reactor.watch(one.output, for: [.readable], first)
                reactor.watch(two.output, for: [.readable], heir)
            }
        }
        await withCheckedContinuation { continuation in
            reactor.submit {
                reactor.watch(one.output, for: [.readable], first)
                reactor.watch(two.output, for: [.readable], second)
                one.fill()
                two.fill()
                reactor.schedule(after: .milliseconds(50)) { continuation.resume() }
            }
        }
        #expect([first, second, heir].map { ear in ear.count.withLock { $0 } } == [1, 0, 0])
        reactor.shutdown()
    }

    /// Counts what it is told.
    private final class Ear: ReactorSocket, Sendable {
        let count = Mutex(0)
        let onReady = Mutex<(@Sendable () -> Void)?>(nil)

        func socketReady(_ events: SocketEvents) {
            count.withLock { $0 += 1 }
            onReady.withLock { $0 }?()
        }
    }

    private struct Pipe: Sendable {
        let output: Int32
        let input: Int32

        init() {
            var ends: [Int32] = [0, 0]
            pipe(&ends)
            (output, input) = (ends[0], ends[1])
        }

        func fill() { write(input, [1], 1) }

        func empty() {
            var byte: UInt8 = 0
            read(output, &byte, 1)
        }
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
