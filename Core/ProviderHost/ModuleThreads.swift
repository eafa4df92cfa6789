import Dispatch
import Glibc
import Synchronization

/// The threads on which modules run. Swift's own are only as many as the machine has cores, and
/// trust everybody to come back soon: a module that waits for something without suspending, or
/// calculates without an end, would after two or three calls hold up all other calls, and the
/// alarms that should end them. Here another thread begins where those that there are do not come
/// back.
package final class ModuleThreads: TaskExecutor {
    package static let shared = ModuleThreads()

    /// Work that waited so long while none was begun has a thread made for it.
    static let patience = Duration.milliseconds(10)
    /// So many are never needed: an instance is left alone long before (``OverdueCalls``).
    static let threadsMax = 256

    private struct State {
        var jobs: [UnownedJob] = []
        var threads = 0
        /// Threads that wait for work and have not been told of any.
        var free = 0
        /// Counts the jobs that were begun.
        var begun = 0
        var isWatched = false
        var hasWatcher = false
    }

    private enum Step { case none, wake, start, watch(isFirst: Bool) }

    private let state = Mutex(State())
    private let work = DispatchSemaphore(value: 0)
    private let shortage = DispatchSemaphore(value: 0)
    /// As many are there for good, once there was work for them.
    private let usual: Int

    init(usual: Int = max(2, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))) { self.usual = usual }

    package func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        let step = state.withLock { state -> Step in
            state.jobs.append(job)
            if state.free > 0 {
                state.free -= 1
                return .wake
            }
            if state.threads < usual {
                state.threads += 1
                return .start
            }
            guard !state.isWatched else { return .none }
            state.isWatched = true
            defer { state.hasWatcher = true }
            return .watch(isFirst: !state.hasWatcher)
        }
        switch step {
        case .none: break
        case .wake: work.signal()
        case .start: startThread()
        case .watch(let isFirst):
            // Without it nobody is helped who waits; those that there are do what they can.
            if isFirst { _ = try? OwnThread.run { [self] in watch() } }
            shortage.signal()
        }
    }

    /// How many there are, those included that do not come back.
    var count: Int { state.withLock { $0.threads } }

    private func startThread() {
        do throws(SystemFailure) {
            try OwnThread.run { [self] in runJobs() }
        } catch {
            // The system has none left: the others do what there is.
            state.withLock { $0.threads -= 1 }
        }
    }

    private func runJobs() {
        while true {
            let (job, isOver) = state.withLock { state -> (UnownedJob?, Bool) in
                guard state.jobs.isEmpty else {
                    state.begun += 1
                    return (state.jobs.removeFirst(), false)
                }
                if state.threads > usual {
                    state.threads -= 1
                    return (nil, true)
                }
                state.free += 1
                return (nil, false)
            }
            if isOver { return }
            if let job {
                job.runSynchronously(on: asUnownedTaskExecutor())
            } else {
                work.wait()
            }
        }
    }

    private func watch() {
        while true {
            shortage.wait()
            endShortage()
        }
    }

    /// As long as work waits: whether any was begun, or one thread more is needed.
    private func endShortage() {
        var begun = state.withLock { $0.begun }
        while true {
            usleep(UInt32(Self.patience / .microseconds(1)))
            let (isOver, isStuck) = state.withLock { state -> (Bool, Bool) in
                guard !state.jobs.isEmpty else {
                    state.isWatched = false
                    return (true, false)
                }
                let isStuck = state.begun == begun && state.threads < Self.threadsMax
                begun = state.begun
                if isStuck { state.threads += 1 }
                return (false, isStuck)
            }
            if isOver { return }
            if isStuck { startThread() }
        }
    }
}
