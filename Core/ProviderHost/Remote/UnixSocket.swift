import Glibc

/// Connections between processes of one machine, by a path.
enum UnixSocket {
    /// Never waits: where too many wait to be let in, it is as if nobody listened.
    /// - Returns: a connected socket, which belongs to the caller.
    /// - Throws: a sentence that names the path.
    static func connect(to path: String) throws(UnixSocketError) -> Int32 {
        try made(at: path, Int32(SOCK_NONBLOCK.rawValue)) { Glibc.connect($0, $1, $2) }
    }

    /// - Parameter backlog: how many may wait to be let in.
    /// - Returns: a socket at which connections can be accepted, which belongs to the caller.
    /// - Throws: a sentence that names the path.
    static func listen(at path: String, backlog: Int32) throws(UnixSocketError) -> Int32 {
        try made(at: path, 0) { socket, address, length in
            let result = Glibc.bind(socket, address, length)
            return result == 0 ? Glibc.listen(socket, backlog) : result
        }
    }

    private static func made(
        at path: String, _ flags: Int32,
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) throws(UnixSocketError) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
            throw UnixSocketError(path: path, code: ENAMETOOLONG)
        }
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | flags
        let socket = Glibc.socket(AF_UNIX, kind, 0)
        guard socket >= 0 else { throw UnixSocketError(path: path, code: errno) }
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        guard result == 0 else {
            let code = errno
            Glibc.close(socket)
            throw UnixSocketError(path: path, code: code)
        }
        return socket
    }
}

struct UnixSocketError: Error, CustomStringConvertible {
    let path: String
    let code: Int32

    var description: String { "\(path) cannot be reached: \(String(cString: strerror(code)))" }
}
