import Glibc
import NIOCore
import Synchronization

/// The way out of a connection. Whoever has a frame hands it to the system at once, on its own
/// thread: by way of the event loop it would wait for another thread to wake, once at each end of
/// every call. Nobody waits for another meanwhile, who may be put aside in the middle of it: the
/// system takes a short frame as a whole or not at all. What it does not take now goes to the event
/// loop, and then all that follows too.
final class FrameOutlet: Sendable {
    private struct Waiting {
        var buffer: ByteBuffer
        var lost: @Sendable () -> Void
    }

    private struct State {
        /// Our own descriptor of the connection's socket, which nobody else closes and gives to
        /// another one meanwhile; nil where it has none, and when it has ended.
        var socket: Int32?
        var hasEnded = false
        /// Who is handing a frame to the system.
        var senders = 0
        /// Frames that are with the event loop, or on their way there.
        var queued = 0
        /// Those that go there when nobody is handing any to the system: it may take a long one in
        /// part, and none must come between.
        var waiting: [Waiting] = []
    }

    private enum Way { case none, direct(Int32), queued }

    /// Longer ones go by the event loop. A Unix socket of Linux holds up to 32 KiB in one piece,
    /// and in none that is larger than half of what it has room for, 208 KiB unless somebody set
    /// it to less.
    static let directMax = 16 << 10

    private let channel: any Channel
    private let state: Mutex<State>

    /// On the event loop.
    init(_ channel: any Channel) {
        self.channel = channel
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { fcntl($0, F_DUPFD_CLOEXEC, 0) }
        let socket = found.flatMap { $0 >= 0 ? $0 : nil }
        state = Mutex(State(socket: socket))
    }

    deinit { end() }

    /// The connection has ended. Only now the other side sees its end.
    func end() {
        state.withLock { state in
            state.hasEnded = true
            if state.senders == 0 { Self.close(&state) }
        }
    }

    private static func close(_ state: inout State) {
        if let socket = state.socket { Glibc.close(socket) }
        state.socket = nil
    }

    /// - Parameter lost: told when it went out in part at most.
    /// - Returns: false when certainly nothing of it goes out.
    func send(_ frame: Frame, lost: @escaping @Sendable () -> Void = {}) -> Bool {
        let buffer = frame.buffer(channel.allocator)
        let way = state.withLock { state -> Way in
            guard !state.hasEnded else { return .none }
            if state.queued == 0, buffer.readableBytes <= Self.directMax, let socket = state.socket
            {
                state.senders += 1
                return .direct(socket)
            }
            queue(Waiting(buffer: buffer, lost: lost), &state)
            return .queued
        }
        guard case .direct(let socket) = way else {
            if case .queued = way { return true }
            return false
        }
        let sent = buffer.withUnsafeReadableBytes { bytes in
            Glibc.send(
                socket, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
        let isFull = sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
        let isPart = sent > 0 && sent < buffer.readableBytes
        let goesOut = state.withLock { state -> Bool in
            state.senders -= 1
            let goesOut = sent > 0 || isFull && !state.hasEnded
            if isFull, goesOut { queue(Waiting(buffer: buffer, lost: lost), &state) }
            if state.senders == 0 {
                for one in state.waiting { hand(one) }
                state.waiting = []
                if state.hasEnded { Self.close(&state) }
            }
            return goesOut
        }
        // A system that holds less than that: others may have come after its first half.
        if isPart { channel.close(promise: nil) }
        return goesOut
    }

    /// Under the lock.
    private func queue(_ frame: Waiting, _ state: inout State) {
        state.queued += 1
        if state.senders == 0 { hand(frame) } else { state.waiting.append(frame) }
    }

    /// Under the lock, and never at once, even on the event loop: in the order in which they came.
    private func hand(_ frame: Waiting) {
        channel.eventLoop.execute { [self] in
            channel.writeAndFlush(frame.buffer).whenComplete { [self] result in
                state.withLock { $0.queued -= 1 }
                if case .failure = result { frame.lost() }
            }
        }
    }
}
