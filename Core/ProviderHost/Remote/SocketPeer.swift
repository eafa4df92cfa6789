import CProcess
import Glibc
import NIOCore

/// Who is at the other end of a Unix socket, as the system says: modes of files may be wrong, or
/// the socket may have been handed on.
enum SocketPeer {
    /// This user, and root, who may do anything here.
    static var ownUsers: Set<uid_t> { [geteuid(), 0] }

    /// - Throws: ``SocketPeerError`` when it is none of `users`, or the system does not say.
    static func check(_ channel: any Channel, isOneOf users: Set<uid_t>) throws {
        let found = try channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { socket_peer_user($0) }
        guard let found, let user = uid_t(exactly: found), users.contains(user) else {
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
