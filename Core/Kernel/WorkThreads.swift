import Glibc

/// A few threads of our own for work that blocks (hashing, disk), so that the cooperative pool,
/// which is only as wide as the machine has cores, never does.
///
/// Threads start with the first work and end when the owner lets go.
public final class WorkThreads: Sendable {
    private let queue: WorkQueue

    /// - Parameters:
    ///   - waitingMax: how much work may wait for a thread; one more is refused.
    ///   - waitMax: how long work may have to wait, by what work took lately; what would wait for
    ///     longer is refused at once, because whoever asked would be gone when it is done.
    public init(count: Int, waitingMax: Int, waitMax: Duration = .seconds(10)) {
        queue = WorkQueue(threadsMax: max(1, count), waitingMax: waitingMax, waitMax: waitMax)
    }

    deinit { queue.close() }

    /// Runs `work` on one of the threads and returns what it returned. Work that has begun runs
    /// to its end even when the waiting task is cancelled.
    /// - Throws: ``WorkRefusal/busy(seconds:)`` when too much is waiting, and whatever `work`
    ///   throws.
    public func run<Value: Sendable>(
        _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let wait = queue.add { continuation.resume(with: Result(catching: work)) }
            if let wait {
                let seconds = Int(min(max(wait / .seconds(1), 1), 60).rounded(.up))
                continuation.resume(throwing: WorkRefusal.busy(seconds: seconds))
            }
        }
    }
}

/// The queue under ``WorkThreads``; each thread keeps it alive until it is closed.
///
/// Unchecked because its state is only touched between `lock` and `unlock`.
private final class WorkQueue: @unchecked Sendable {
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    private var waiting: [@Sendable () -> Void] = []
    private var threads = 0
    private var idle = 0
    private var closed = false
    private let threadsMax: Int
    private let waitingMax: Int
    private let waitMax: Duration
    /// What work took lately, the last weighing an eighth.
    private var usual = Duration.zero

    init(threadsMax: Int, waitingMax: Int, waitMax: Duration) {
        self.threadsMax = threadsMax
        self.waitingMax = waitingMax
        self.waitMax = waitMax
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(condition)
        mutex.deallocate()
        condition.deallocate()
    }

    /// - Returns: nil when the work is taken; otherwise how long it would have had to wait.
    func add(_ work: @escaping @Sendable () -> Void) -> Duration? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        let wait = usual * (waiting.count - idle + 1) / threadsMax
        guard !closed, waiting.count < waitingMax + idle, waiting.count < idle || wait <= waitMax
        else { return wait }
        if waiting.count >= idle, threads < threadsMax {
            guard startThread() || threads > 0 else { return wait }
        }
        waiting.append(work)
        pthread_cond_signal(condition)
        return nil
    }

    func close() {
        pthread_mutex_lock(mutex)
        closed = true
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
    }

    private func startThread() -> Bool {
        var thread = pthread_t()
        let queue = Unmanaged.passRetained(self)
        let result = pthread_create(&thread, nil, runWorkQueue, queue.toOpaque())
        guard result == 0 else {
            queue.release()
            return false
        }
        pthread_detach(thread)
        threads += 1
        return true
    }

    fileprivate func runUntilClosed() {
        while let work = next() {
            let began = ContinuousClock.now
            work()
            note(ContinuousClock.now - began)
        }
    }

    private func note(_ time: Duration) {
        pthread_mutex_lock(mutex)
        usual = usual == .zero ? time : (usual * 7 + time) / 8
        pthread_mutex_unlock(mutex)
    }

    private func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        idle += 1
        while waiting.isEmpty, !closed { pthread_cond_wait(condition, mutex) }
        idle -= 1
        // What was accepted before the close is still done: somebody waits for it.
        return waiting.isEmpty ? nil : waiting.removeFirst()
    }
}

private func runWorkQueue(_ queue: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let queue else { return nil }
    Unmanaged<WorkQueue>.fromOpaque(queue).takeRetainedValue().runUntilClosed()
    return nil
}
