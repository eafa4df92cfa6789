import Glibc

/// Whether a port can be listened on, found out by trying.
enum PortCheck {
    /// Nil when `port` of `host` is free; otherwise the system's reason.
    static func problem(host: String, port: Int) -> String? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return String(cString: strerror(errno)) }
        defer { close(descriptor) }
        var yes: Int32 = 1
        setsockopt(
            descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        // A host name cannot be tried here; the loopback address stands for it.
        if inet_pton(AF_INET, host, &address.sin_addr) != 1 {
            inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        }
        let bound = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return bound == 0 ? nil : String(cString: strerror(errno))
    }
}

enum LocalPort {
    /// Whether something accepts connections on this machine's `port`, at the address that it was
    /// told to listen on.
    static func answers(_ port: Int, host: String = "127.0.0.1") -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(UInt16(port).bigEndian)
        // Whoever listens on all addresses, or on a name, does so on the loopback too.
        if host == "0.0.0.0" || inet_pton(AF_INET, host, &address.sin_addr) != 1 {
            inet_pton(AF_INET, "127.0.0.1", &address.sin_addr)
        }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
