import CEpoll
import Glibc
import Synchronization

/// The thread behind a ``Reactor``.
///
/// Unchecked because all but `inbox` belongs to the thread itself.
final class EventLoop: @unchecked Sendable {
    private struct Inbox {
        var work: [any ReactorWork] = []
        var isAsleep = false
        var isStopped = false
    }

    private struct Watch {
        var socket: any ReactorSocket
        var generation: UInt32
    }

    /// Sockets that one round of epoll reports; more wait for the next round.
    private static let eventsPerRound = 64

    private let inbox = Mutex(Inbox())
    private let epoll: Int32
    private let wake: Int32
    private let thread = Atomic<UInt>(0)

    private(set) var now: UInt64 = EventLoop.monotonic()
    private var watches: [Int32: Watch] = [:]
    /// The newest generation; it never runs backwards, so that no two watches share one.
    private var newest: UInt32 = 0
    private var flushes: [any ReactorWork] = []
    private var timers = TimerHeap()

    init() {
        epoll = epoll_create1(Int32(EPOLL_CLOEXEC))
        wake = eventfd(0, Int32(EFD_NONBLOCK | EFD_CLOEXEC))
        precondition(epoll >= 0 && wake >= 0, "no file descriptors left for the reactor")
        var event = epoll_event()
        event.events = EPOLLIN.rawValue
        event.data.u64 = UInt64(UInt32(bitPattern: wake))
        epoll_ctl(epoll, EPOLL_CTL_ADD, wake, &event)
    }

    deinit {
        close(epoll)
        close(wake)
    }

    func start() {
        var id = pthread_t()
        let retained = Unmanaged.passRetained(self).toOpaque()
        let failure = pthread_create(
            &id, nil,
            { context in
                guard let context else { return nil }
                Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue().run()
                return nil
            }, retained)
        precondition(failure == 0, "the system refused the reactor's thread")
        pthread_detach(id)
    }

    var isCurrent: Bool { thread.load(ordering: .relaxed) == UInt(pthread_self()) }

    func submit(_ work: any ReactorWork) {
        let mustWake = inbox.withLock { inbox in
            inbox.work.append(work)
            defer { inbox.isAsleep = false }
            return inbox.isAsleep
        }
        if mustWake { ring() }
    }

    func stop() {
        inbox.withLock { $0.isStopped = true }
        ring()
    }

    private func ring() {
        var one: UInt64 = 1
        write(wake, &one, 8)
    }

    private func run() {
        thread.store(UInt(pthread_self()), ordering: .relaxed)
        var batch: [any ReactorWork] = []
        var events = [epoll_event](repeating: epoll_event(), count: Self.eventsPerRound)
        while true {
            let isStopped = inbox.withLock { inbox in
                swap(&batch, &inbox.work)
                inbox.isAsleep = false
                return inbox.isStopped
            }
            for work in batch { work.runOnReactor() }
            batch.removeAll(keepingCapacity: true)
            while let body = timers.popDue(at: now) { body() }
            flush()
            if isStopped { return }
            let mayRest = inbox.withLock { inbox in
                inbox.isAsleep = inbox.work.isEmpty && !inbox.isStopped
                return inbox.isAsleep
            }
            let count = epoll_wait(
                epoll, &events, Int32(Self.eventsPerRound), mayRest ? millisecondsToNextTimer : 0)
            now = Self.monotonic()
            for index in 0..<max(0, Int(count)) { serve(events[index]) }
        }
    }

    private func flush() {
        var index = 0
        while index < flushes.count {
            flushes[index].runOnReactor()
            index += 1
        }
        flushes.removeAll(keepingCapacity: true)
    }

    private func serve(_ event: epoll_event) {
        let fd = Int32(truncatingIfNeeded: event.data.u64 & 0xFFFF_FFFF)
        guard fd != wake else {
            var count: UInt64 = 0
            read(wake, &count, 8)
            return
        }
        // A socket that was replaced earlier in this round must not get its predecessor's event.
        guard let watch = watches[fd], UInt64(watch.generation) == event.data.u64 >> 32 else {
            return
        }
        var ready: SocketEvents = []
        if event.events & ~EPOLLOUT.rawValue != 0 { ready.insert(.readable) }
        if event.events & EPOLLOUT.rawValue != 0 { ready.insert(.writable) }
        watch.socket.socketReady(ready)
    }

    func beforeWaiting(_ work: any ReactorWork) { flushes.append(work) }

    func watch(_ fd: Int32, for interest: SocketEvents, _ socket: any ReactorSocket) {
        let known = watches[fd].flatMap { $0.socket === socket ? $0.generation : nil }
        if known == nil { newest &+= 1 }
        let generation = known ?? newest
        watches[fd] = Watch(socket: socket, generation: generation)
        var event = epoll_event()
        event.events =
            (interest.contains(.readable) ? EPOLLIN.rawValue : 0)
            | (interest.contains(.writable) ? EPOLLOUT.rawValue : 0)
        event.data.u64 = UInt64(generation) << 32 | UInt64(UInt32(bitPattern: fd))
        // The same number may be a new socket: libpq closes and opens while it tries hosts.
        if epoll_ctl(epoll, EPOLL_CTL_MOD, fd, &event) != 0 {
            epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event)
        }
    }

    func unwatch(_ fd: Int32) {
        guard watches.removeValue(forKey: fd) != nil else { return }
        var event = epoll_event()
        epoll_ctl(epoll, EPOLL_CTL_DEL, fd, &event)
    }

    func schedule(after delay: Duration, _ body: @escaping () -> Void) -> TimerID {
        // Read anew: `now` may be as old as the work of this round.
        timers.insert(at: Self.monotonic() &+ delay.nanoseconds, body)
    }

    func cancel(_ timer: TimerID) { timers.cancel(timer) }

    private var millisecondsToNextTimer: Int32 {
        guard let due = timers.nextDue else { return -1 }
        let current = Self.monotonic()
        return due <= current ? 0 : Int32(clamping: (due - current + 999_999) / 1_000_000)
    }

    private static func monotonic() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
    }
}
