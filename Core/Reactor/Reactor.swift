/// One thread that waits on epoll for every libpq and hiredis socket.
///
/// Work is handed over with ``submit(_:)`` from any thread; everything else may only be called on
/// the reactor's own thread, that is from work, sockets and timers that it runs. What lives on the
/// reactor needs no locks, and must never block.
public final class Reactor: Sendable {
    private let loop = EventLoop()

    /// Starts the thread. It ends with ``shutdown()`` or when the last reference goes away.
    public init() { loop.start() }

    deinit { loop.stop() }

    /// Ends the thread after the work that was submitted before. Later submissions never run.
    public func shutdown() { loop.stop() }

    /// Runs `work` on the reactor's thread, in the order of submission. Any thread may call.
    public func submit(_ work: any ReactorWork) { loop.submit(work) }

    /// Runs `body` on the reactor's thread. Any thread may call.
    public func submit(_ body: @escaping @Sendable () -> Void) { loop.submit(Closure(body)) }

    /// Runs `work` once all that is ready now was served, before the thread waits again: the
    /// place to flush what a batch of submissions has written.
    public func beforeWaiting(_ work: any ReactorWork) { loop.beforeWaiting(work) }

    /// Nanoseconds of the monotonic clock when the current round began.
    public var now: UInt64 { loop.now }

    /// Calls `socket` when `fd` is ready for `events`; replaces what was asked for before.
    public func watch(_ fd: Int32, for events: SocketEvents, _ socket: any ReactorSocket) {
        loop.watch(fd, for: events, socket)
    }

    /// Forgets `fd`. To be called before it is closed.
    public func unwatch(_ fd: Int32) { loop.unwatch(fd) }

    /// Runs `body` once after `delay`, unless it is cancelled before.
    @discardableResult
    public func schedule(after delay: Duration, _ body: @escaping () -> Void) -> TimerID {
        loop.schedule(after: delay, body)
    }

    public func cancel(_ timer: TimerID) { loop.cancel(timer) }

    /// Whether the caller runs on the reactor's thread.
    public var isCurrent: Bool { loop.isCurrent }
}

/// Something that runs on the reactor's thread.
public protocol ReactorWork: AnyObject, Sendable {
    func runOnReactor()
}

/// The owner of a watched file descriptor.
public protocol ReactorSocket: AnyObject {
    /// Errors and hang-ups count as readable, because reading is what reports them.
    func socketReady(_ events: SocketEvents)
}

/// What a socket is ready for.
public struct SocketEvents: OptionSet, Sendable {
    public let rawValue: UInt32
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    public static let readable = SocketEvents(rawValue: 1)
    public static let writable = SocketEvents(rawValue: 2)
}

private final class Closure: ReactorWork {
    private let body: @Sendable () -> Void
    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    func runOnReactor() { body() }
}

extension Duration {
    /// Whole nanoseconds; zero when negative, clamped when too long to count.
    public var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (product, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        return overflow ? UInt64.max / 2 : product &+ UInt64(attoseconds / 1_000_000_000)
    }

    /// Whole milliseconds, rounded up, for settings that PostgreSQL and epoll take.
    public var milliseconds: Int { Int((nanoseconds + 999_999) / 1_000_000) }
}
