import Glibc

/// A thread for one piece of work that waits for as long as it takes. Swift's own are few, and a
/// pool ends its threads when it likes.
enum OwnThread {
    /// - Throws: ``SystemFailure`` where the system has no thread left; the work is not done then.
    static func run(_ work: @escaping @Sendable () -> Void) throws(SystemFailure) {
        let box = Unmanaged.passRetained(Work(run: work))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, runOwnThread, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw SystemFailure(code: code)
        }
        pthread_detach(thread)
    }

    fileprivate final class Work: Sendable {
        let run: @Sendable () -> Void

        init(run: @escaping @Sendable () -> Void) { self.run = run }
    }
}

/// Why the system did not do something, as errno(3) numbers it.
struct SystemFailure: Error {
    let code: Int32
}

private func runOwnThread(_ work: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let work else { return nil }
    Unmanaged<OwnThread.Work>.fromOpaque(work).takeRetainedValue().run()
    return nil
}
