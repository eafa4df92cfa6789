import Glibc
import NIOPosix
import Synchronization
import Vocabulary

/// Finds the addresses of a host's name, and remembers them for a moment.
struct NameResolver: Sendable {
    /// All addresses of a name; empty when it has none.
    typealias Look = @Sendable (_ host: String) async throws -> [NetworkAddress]

    private let look: Look
    private let memory = Memory()

    /// How long an answer is believed. A connection is looked at again when it stands.
    static let age: Duration = .seconds(30)
    /// An instance has a handful of hosts.
    private static let hostsMax = 256

    private final class Memory: Sendable {
        let answers = Mutex<[String: (at: ContinuousClock.Instant, found: [NetworkAddress])]>([:])
    }

    init(_ look: @escaping Look = NameResolver.system) { self.look = look }

    /// `host` as it stands in an address, an IPv6 one in brackets.
    func addresses(of host: String) async throws -> [NetworkAddress] {
        let name = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        if let literal = NetworkAddress(name) { return [literal] }
        let now = ContinuousClock.now
        let known = memory.answers.withLock { $0[name] }
        if let known, now - known.at < Self.age { return known.found }
        let found = try await look(name)
        memory.answers.withLock { answers in
            if answers.count >= Self.hostsMax { answers.removeAll() }
            answers[name] = (now, found)
        }
        return found
    }

    /// The C library's answer, so that whatever it takes for an address is seen for what it is:
    /// `2130706433` and `0x7f.1` are this machine. Waits on a thread of its own.
    @Sendable static func system(_ host: String) async throws -> [NetworkAddress] {
        try await NIOThreadPool.singleton.runIfActive { Self.lookUp(host) }
    }

    private static func lookUp(_ host: String) -> [NetworkAddress] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &first) == 0 else { return [] }
        defer { freeaddrinfo(first) }
        var found: [NetworkAddress] = []
        var next = first
        while let entry = next {
            if let address = address(in: entry.pointee) { found.append(address) }
            next = entry.pointee.ai_next
        }
        return found
    }

    private static func address(in entry: addrinfo) -> NetworkAddress? {
        guard let socket = entry.ai_addr else { return nil }
        switch entry.ai_family {
        case AF_INET:
            return socket.withMemoryRebound(to: sockaddr_in.self, capacity: 1) { four in
                withUnsafeBytes(of: &four.pointee.sin_addr) { NetworkAddress(Array($0)) }
            }
        case AF_INET6:
            return socket.withMemoryRebound(to: sockaddr_in6.self, capacity: 1) { six in
                withUnsafeBytes(of: &six.pointee.sin6_addr) { NetworkAddress(Array($0)) }
            }
        default: return nil
        }
    }
}
