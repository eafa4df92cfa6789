import Glibc
import NIOCore
import Synchronization

/// A connected socket, and the frames that go over it.
///
/// Whoever has a frame hands it to the system at once, on its own thread: another one would have to
/// wake for it, once at each end of every call. Nobody waits for another meanwhile, who may be put
/// aside in the middle of it: the system takes a short frame as a whole or not at all. What it does
/// not take now goes to a thread that waits until it does, and then all that follows too. What
/// comes in is read by a thread that does nothing else, which costs half of what an event loop
/// takes for it.
final class FrameLine: Sendable {
    private struct Waiting {
        var bytes: ByteBuffer
        var lost: @Sendable () -> Void
    }

    private struct State {
        /// Nil once it is closed and nobody uses it any more: its number may be another's then.
        var socket: Int32?
        var hasEnded = false
        /// Hung up: nothing that is handed over from now on goes out.
        var isHungUp = false
        /// Who is handing a frame to the system, and the threads of this line.
        var users = 0
        var senders = 0
        var isWriting = false
        var waiting: [Waiting] = []
        /// Of the frames that wait.
        var waitingBytes = 0
        var isFull = false
    }

    private enum Way { case none, direct(Int32), queued }

    /// Longer ones are written by a thread. A Unix socket of Linux holds up to 32 KiB in one piece,
    /// and in none that is larger than half of what it has room for, 208 KiB unless somebody set
    /// it to less.
    static let directMax = 16 << 10
    /// What may wait to be read by the other side, in bytes. Beyond the larger one the line is not
    /// writable until less than the smaller one waits.
    static let waitingBytes = (low: 8 << 20, high: 64 << 20)
    /// What is read at once, in bytes.
    private static let gulp = 32 << 10
    /// How much room for what comes is kept for what comes next, in bytes.
    private static let keptMax = 1 << 20

    private let state: Mutex<State>

    /// - Parameter socket: a connected one, which belongs to the line from now on.
    init(_ socket: Int32) {
        // It waits in threads of its own, and asks not to where others send.
        let flags = fcntl(socket, F_GETFL)
        if flags >= 0 { _ = fcntl(socket, F_SETFL, flags & ~O_NONBLOCK) }
        state = Mutex(State(socket: socket))
    }

    deinit { state.withLock { if let socket = $0.socket { Glibc.close(socket) } } }

    /// Whether the other side reads what it is sent.
    var isWritable: Bool { state.withLock { !$0.isFull } }

    /// Begins to read.
    /// - Parameters:
    ///   - received: told of each frame, in their order, on the line's own thread.
    ///   - ended: told once, when nothing more can come; the connection is over then.
    func read(
        _ received: @escaping @Sendable (Frame) -> Void, ended: @escaping @Sendable () -> Void
    ) {
        let socket = state.withLock { state -> Int32? in
            state.users += 1
            return state.socket
        }
        do throws(SystemFailure) {
            try OwnThread.run { [self] in
                if let socket { Self.read(socket, received) }
                end()
                ended()
            }
        } catch {
            // The system has no thread left: nobody would hear anything.
            end()
            ended()
        }
    }

    private static func read(_ socket: Int32, _ received: (Frame) -> Void) {
        var buffer = ByteBuffer()
        while true {
            var failure: Int32 = 0
            let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: gulp) { room in
                let count = recv(socket, room.baseAddress, room.count, 0)
                if count < 0 { failure = errno }
                return max(0, count)
            }
            if failure == EINTR { continue }
            // Half a frame at the end is what a process leaves that was killed.
            guard count > 0 else { return }
            do throws(FrameNonsense) {
                while let frame = try Frame.read(from: &buffer) { received(frame) }
            } catch {
                return
            }
            buffer.discardReadBytes()
            // A payout file was as long as that; hardly anything else is.
            if buffer.readableBytes == 0, buffer.capacity > keptMax { buffer = ByteBuffer() }
        }
    }

    /// Hangs up. What waits does not go out any more; what has come is still read.
    func close() {
        state.withLock { state in
            state.isHungUp = true
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
        }
    }

    /// Nothing more comes: nothing more goes out either.
    private func end() {
        let lost = state.withLock { state in
            state.hasEnded = true
            if let socket = state.socket { shutdown(socket, Int32(SHUT_RDWR)) }
            defer { state.waiting = [] }
            leave(&state)
            return state.waiting
        }
        for one in lost { one.lost() }
    }

    /// Under the lock.
    private func leave(_ state: inout State) {
        state.users -= 1
        guard state.hasEnded, state.users == 0, let socket = state.socket else { return }
        Glibc.close(socket)
        state.socket = nil
    }

    /// - Parameter lost: told when it went out in part at most.
    /// - Returns: false when certainly nothing of it goes out.
    func send(_ frame: Frame, lost: @escaping @Sendable () -> Void = {}) -> Bool {
        let bytes = frame.buffer(ByteBufferAllocator())
        let (way, starts) = state.withLock { state -> (Way, Bool) in
            guard !state.hasEnded, !state.isHungUp, let socket = state.socket else {
                return (.none, false)
            }
            if !state.isWriting, state.waiting.isEmpty, bytes.readableBytes <= Self.directMax {
                state.users += 1
                state.senders += 1
                return (.direct(socket), false)
            }
            return (.queued, queue(Waiting(bytes: bytes, lost: lost), &state))
        }
        if starts { startWriting() }
        guard case .direct(let socket) = way else {
            if case .queued = way { return true }
            return false
        }
        let sent = bytes.withUnsafeReadableBytes { bytes in
            Glibc.send(
                socket, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
        }
        let isFull = sent < 0 && (errno == EAGAIN || errno == EINTR || errno == ENOBUFS)
        let isPart = sent > 0 && sent < bytes.readableBytes
        let (goesOut, startsNow) = state.withLock { state -> (Bool, Bool) in
            state.senders -= 1
            let goesOut = sent > 0 || isFull && !state.hasEnded
            if isFull, goesOut { enter(Waiting(bytes: bytes, lost: lost), &state) }
            let starts = mayWrite(&state)
            leave(&state)
            return (goesOut, starts)
        }
        if startsNow { startWriting() }
        // A system that holds less than that: others may have come after its first half. And what
        // cannot be sent over is of no more use.
        if isPart || sent < 0 && !isFull { close() }
        return goesOut
    }

    /// Under the lock.
    /// - Returns: whether the thread that writes has to be started.
    private func queue(_ frame: Waiting, _ state: inout State) -> Bool {
        enter(frame, &state)
        return mayWrite(&state)
    }

    /// Under the lock.
    private func enter(_ frame: Waiting, _ state: inout State) {
        state.waiting.append(frame)
        state.waitingBytes += frame.bytes.readableBytes
        if state.waitingBytes > Self.waitingBytes.high { state.isFull = true }
    }

    /// Under the lock. Not while somebody hands a frame to the system, which may take a long one in
    /// part: none must come between.
    private func mayWrite(_ state: inout State) -> Bool {
        guard !state.isWriting, !state.hasEnded, state.senders == 0, !state.waiting.isEmpty else {
            return false
        }
        state.isWriting = true
        state.users += 1
        return true
    }

    private func startWriting() {
        do throws(SystemFailure) {
            try OwnThread.run { [self] in write() }
        } catch {
            let lost = state.withLock { state in
                state.isWriting = false
                defer { state.waiting = [] }
                leave(&state)
                return state.waiting
            }
            close()
            for one in lost { one.lost() }
        }
    }

    /// Until nothing waits.
    private func write() {
        while true {
            let next = state.withLock { state -> (socket: Int32, frame: Waiting)? in
                guard !state.hasEnded, let socket = state.socket, !state.waiting.isEmpty else {
                    state.isWriting = false
                    leave(&state)
                    return nil
                }
                return (socket, state.waiting.removeFirst())
            }
            guard let (socket, frame) = next else { return }
            let isWhole = Self.write(frame.bytes, to: socket)
            state.withLock { state in
                state.waitingBytes -= frame.bytes.readableBytes
                if state.waitingBytes < Self.waitingBytes.low { state.isFull = false }
            }
            guard !isWhole else { continue }
            // The other side must not take what follows for the rest of it, and whoever is told
            // must not bring it here again.
            close()
            frame.lost()
        }
    }

    private static func write(_ bytes: ByteBuffer, to socket: Int32) -> Bool {
        var bytes = bytes
        while bytes.readableBytes > 0 {
            var failure: Int32 = 0
            bytes.readWithUnsafeReadableBytes { rest in
                let sent = Glibc.send(socket, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
                if sent < 0 { failure = errno }
                return max(0, sent)
            }
            guard failure == 0 || failure == EINTR else { return false }
        }
        return true
    }
}
