import Glibc

/// A port that is this process's from the moment in which it is looked at until the process ends.
/// Between that look and the moment in which an app listens, a database is migrated and a market
/// filled: of two that are started together, the second one learns of the first only here. Where
/// several processes of an app share a port, the system would let the two markets share it, too.
///
/// A name among the abstract Unix sockets stands for the port: it lies in the same network
/// namespace, and goes when the process does, however it ends.
enum PortClaim {
    /// `Config/machine.sh` looks for it, too.
    private static let prefix = "guildhall-port-"

    /// - Returns: false when another process has claimed it.
    static func take(host: String, port: Int) -> Bool {
        // Children must not keep it: they outlive this process by a moment.
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(AF_UNIX, kind, 0)
        // A system that has no more of them says so wherever else one is wanted.
        guard descriptor >= 0 else { return true }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let name = [0] + Array((prefix + "\(host):\(port)").utf8.prefix(100))
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
        let length = MemoryLayout<sa_family_t>.size + name.count
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(length))
            }
        }
        if bound == 0 { return true }
        let reason = errno
        close(descriptor)
        return reason != EADDRINUSE
    }
}
