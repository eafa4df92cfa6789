import CSpawn
import Glibc
import Synchronization

/// Where others connect to this process, by a path.
final class Door: Sendable {
    private struct State {
        /// Nil once it is shut.
        var socket: Int32?
        /// Whether a thread waits at it, and closes it in the end: its number must not be another's
        /// before.
        var isOpen = false
    }

    private let state: Mutex<State>

    /// Connections that wait to be let in; the next one finds nobody.
    private static let backlog: Int32 = 256
    /// How long to wait when the system lets nobody in, as without descriptors left, in
    /// microseconds.
    private static let pause: UInt32 = 50_000

    /// - Throws: a sentence that names the path.
    init(at path: String) throws(UnixSocketError) {
        state = Mutex(State(socket: try UnixSocket.listen(at: path, backlog: Self.backlog)))
    }

    deinit { shut() }

    /// Lets everybody in who comes, on a thread of its own, until it is shut.
    /// - Parameter welcome: is handed each connected socket, which belongs to it.
    /// - Throws: ``SystemFailure`` when the system has no thread left.
    func open(_ welcome: @escaping @Sendable (Int32) -> Void) throws(SystemFailure) {
        let socket = state.withLock { state in
            state.isOpen = true
            return state.socket
        }
        guard let socket else { return }
        do throws(SystemFailure) {
            try OwnThread.run { Self.letIn(at: socket, welcome) }
        } catch {
            state.withLock { $0.isOpen = false }
            throw error
        }
    }

    /// Until nobody can be let in any more.
    private static func letIn(at socket: Int32, _ welcome: (Int32) -> Void) {
        while true {
            let guest = accept4(socket, nil, nil, Int32(SOCK_CLOEXEC.rawValue))
            if guest >= 0 {
                welcome(guest)
                continue
            }
            switch errno {
            case EINTR, ECONNABORTED: continue
            // It is shut.
            case EINVAL, EBADF:
                Glibc.close(socket)
                return
            default: usleep(pause)
            }
        }
    }

    /// Nobody is let in any more.
    func shut() {
        state.withLock { state in
            guard let socket = state.socket else { return }
            state.socket = nil
            if state.isOpen {
                shutdown(socket, Int32(SHUT_RDWR))
            } else {
                Glibc.close(socket)
            }
        }
    }
}
