import CProcess
import Glibc

/// Who is at the other end of a Unix socket, as the system says: modes of files may be wrong, or
/// the socket may have been handed on.
enum SocketPeer {
    /// This user, and root, who may do anything here.
    static var ownUsers: Set<uid_t> { [geteuid(), 0] }

    /// - Throws: ``SocketPeerError`` when it is none of `users`, or the system does not say.
    static func check(
        _ socket: Int32, isOneOf users: Set<uid_t>
    ) throws(SocketPeerError) {
        let found = socket_peer_user(socket)
        guard let user = uid_t(exactly: found), users.contains(user) else {
            throw SocketPeerError(user: found)
        }
    }
}

struct SocketPeerError: Error, CustomStringConvertible {
    let user: Int64?

    var description: String {
        "user \(user.map(String.init) ?? "nobody") is at the other end, and may not be"
    }
}
