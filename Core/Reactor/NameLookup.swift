import Glibc

/// Resolving host names. It blocks, so it belongs on ``BlockingCalls``.
public enum NameLookup {
    /// Whether `host` is an address already, so that nobody has to be asked.
    public static func isAddress(_ host: String) -> Bool {
        var four = in_addr()
        var six = in6_addr()
        return inet_pton(AF_INET, host, &four) == 1 || inet_pton(AF_INET6, host, &six) == 1
    }

    /// The numeric addresses of `host`, in the order of preference.
    /// - Throws: ``NameLookupError`` with the resolver's own words.
    public static func addresses(of host: String) throws(NameLookupError) -> [String] {
        var hints = addrinfo()
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var first: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, nil, &hints, &first)
        guard code == 0 else {
            throw NameLookupError(
                message: "cannot resolve \(host): \(String(cString: gai_strerror(code)))")
        }
        defer { freeaddrinfo(first) }
        var addresses: [String] = []
        var entry = first
        while let info = entry?.pointee {
            var text = [UInt8](repeating: 0, count: Int(NI_MAXHOST))
            let failure = text.withUnsafeMutableBytes { buffer in
                getnameinfo(
                    info.ai_addr, info.ai_addrlen,
                    buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                    socklen_t(buffer.count), nil, 0, NI_NUMERICHOST)
            }
            if failure == 0 {
                addresses.append(String(decoding: text.prefix { $0 != 0 }, as: UTF8.self))
            }
            entry = info.ai_next
        }
        return addresses
    }
}

/// A name that has no address.
public struct NameLookupError: Error, Sendable {
    public let message: String
}
