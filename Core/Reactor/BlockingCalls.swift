import Glibc
import Synchronization

/// Runs calls that may block (name resolution, cancel requests) on threads of their own, so that
/// neither the reactor nor Swift's cooperative pool ever waits for them.
public final class BlockingCalls: Sendable {
    /// Threads at a time. A call that hangs for good keeps its thread, so this is also the most
    /// that can be lost to a network that swallows everything.
    public static let threadsMax = 8
    /// Calls that may wait for a thread; one more is refused.
    public static let waitingMax = 64

    public static let shared = BlockingCalls()
    /// Those that ask a server to stop: a server that hangs keeps their threads, and a new
    /// connection must still find its way.
    public static let cancelling = BlockingCalls()

    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Runs `body` soon.
    /// - Returns: false when too many calls are waiting; `body` then never runs.
    public func run(_ body: @escaping @Sendable () -> Void) -> Bool {
        enum Verdict { case start, wait, refuse }
        let verdict = state.withLock { state in
            if state.running < Self.threadsMax {
                state.running += 1
                return Verdict.start
            }
            guard state.waiting.count < Self.waitingMax else { return Verdict.refuse }
            state.waiting.append(body)
            return Verdict.wait
        }
        guard verdict == .start else { return verdict == .wait }
        let box = Unmanaged.passRetained(Call(calls: self, body: body))
        var id = pthread_t()
        let failure = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<Call>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, box.toOpaque())
        guard failure == 0 else {
            box.release()
            state.withLock { $0.running -= 1 }
            return false
        }
        pthread_detach(id)
        return true
    }

    private func next() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard !state.waiting.isEmpty else {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }
    }

    private final class Call: Sendable {
        let calls: BlockingCalls
        let body: @Sendable () -> Void

        init(calls: BlockingCalls, body: @escaping @Sendable () -> Void) {
            self.calls = calls
            self.body = body
        }

        func run() {
            body()
            while let body = calls.next() { body() }
        }
    }
}
