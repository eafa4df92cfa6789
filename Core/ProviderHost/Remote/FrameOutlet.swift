import Glibc
import NIOCore
import Synchronization

/// The way out of a connection. Whoever has a frame hands it to the system at once, on its own
/// thread: by way of the event loop it would wait for another thread to wake, once at each end of
/// every call. Only what the system does not take now goes there, and then all that follows too.
final class FrameOutlet: Sendable {
    private struct State {
        /// Our own descriptor of the connection's socket, which nobody else closes and gives to
        /// another one meanwhile; nil where it has none, and when it has ended.
        var socket: Int32?
        var hasEnded = false
        /// Frames that are with the event loop.
        var queued = 0
    }

    /// Longer ones go by the event loop: nobody else should wait for them to be copied.
    static let directMax = 64 << 10

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
            if let socket = state.socket { close(socket) }
            state.socket = nil
        }
    }

    /// - Parameter lost: told when it went out in part at most.
    /// - Returns: false when certainly nothing of it goes out.
    func send(_ frame: Frame, lost: @escaping @Sendable () -> Void = {}) -> Bool {
        var buffer = frame.buffer(channel.allocator)
        return state.withLock { state in
            guard !state.hasEnded else { return false }
            if state.queued == 0, let socket = state.socket,
                buffer.readableBytes <= Self.directMax
            {
                let sent = buffer.withUnsafeReadableBytes { bytes in
                    Glibc.send(
                        socket, bytes.baseAddress, bytes.count,
                        Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
                }
                if sent == buffer.readableBytes { return true }
                guard sent >= 0 || errno == EAGAIN || errno == EINTR || errno == ENOBUFS else {
                    return false
                }
                buffer.moveReaderIndex(forwardBy: max(0, sent))
            }
            state.queued += 1
            queue(buffer, lost)
            return true
        }
    }

    /// Under the lock, and never at once, even on the event loop: in the order in which they came.
    private func queue(_ buffer: ByteBuffer, _ lost: @escaping @Sendable () -> Void) {
        channel.eventLoop.execute { [self] in
            channel.writeAndFlush(buffer).whenComplete { [self] result in
                state.withLock { $0.queued -= 1 }
                if case .failure = result { lost() }
            }
        }
    }
}
