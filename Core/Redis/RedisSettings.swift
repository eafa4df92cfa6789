/// Limits and address of a ``RedisClient``.
public struct RedisSettings: Sendable {
    /// `redis://[[user]:password@]host[:port][/db]`, or `unix://[[user]:password@]/path[?db=n]`.
    public var url: String
    /// Connections that commands share; each is a pipeline.
    public var connections = 2
    /// How long a command may take, waiting for a connection included.
    public var commandDeadline: Duration = .seconds(1)
    /// How long making a connection may take.
    public var connectDeadline: Duration = .seconds(2)
    /// Commands that may be under way or waiting; one more is refused at once.
    public var waitersMax = 10_000

    public init(url: String) { self.url = url }
}

/// Where a Redis is and who we are there.
struct RedisAddress: Sendable, Equatable {
    enum Place: Sendable, Equatable, CustomStringConvertible {
        case host(String, port: Int32)
        case path(String)

        var description: String {
            switch self {
            case .host(let host, let port): "\(host):\(port)"
            case .path(let path): path
            }
        }
    }

    var place: Place
    var user: String?
    var password: String?
    var database = 0

    /// - Throws: `.invalidURL` that says what is wrong.
    init(url: String) throws(RedisError) {
        guard let schemeEnd = url.firstRange(of: "://") else {
            throw RedisError(.invalidURL, "the Redis URL has no scheme")
        }
        let scheme = url[..<schemeEnd.lowerBound]
        var rest = url[schemeEnd.upperBound...]
        var query: Substring = ""
        if let mark = rest.firstIndex(of: "?") {
            query = rest[rest.index(after: mark)...]
            rest = rest[..<mark]
        }
        if let at = rest.lastIndex(of: "@") {
            let parts = rest[..<at].split(
                separator: ":", maxSplits: 1, omittingEmptySubsequences: false
            ).map { Self.decoded($0) }
            if parts.count == 2 {
                user = parts[0].isEmpty ? nil : parts[0]
                password = parts[1]
            } else {
                password = parts[0]
            }
            rest = rest[rest.index(after: at)...]
        }
        switch scheme {
        case "unix", "redis+unix":
            guard rest.hasPrefix("/") else {
                throw RedisError(.invalidURL, "the Redis socket's path must be absolute")
            }
            place = .path(Self.decoded(rest))
        case "redis": (place, database) = try Self.host(rest)
        default:
            throw RedisError(.invalidURL, "the Redis URL's scheme must be redis or unix")
        }
        for pair in query.split(separator: "&") where pair.hasPrefix("db=") {
            database = try Self.number(pair.dropFirst(3), "database")
        }
    }

    private static func host(_ text: Substring) throws(RedisError) -> (Place, Int) {
        var text = text
        var database = 0
        if let slash = text.firstIndex(of: "/") {
            let path = text[text.index(after: slash)...]
            if !path.isEmpty { database = try number(path, "database") }
            text = text[..<slash]
        }
        var port = 6379
        // A colon inside brackets belongs to an IPv6 address.
        if let colon = text.lastIndex(of: ":"), !text[colon...].contains("]") {
            port = try number(text[text.index(after: colon)...], "port")
            text = text[..<colon]
        }
        guard let port = Int32(exactly: port), (1...65_535).contains(port) else {
            throw RedisError(.invalidURL, "the Redis URL's port is out of range")
        }
        if text.hasPrefix("["), text.hasSuffix("]") { text = text.dropFirst().dropLast() }
        return (.host(text.isEmpty ? "127.0.0.1" : String(text), port: port), database)
    }

    private static func number(_ text: Substring, _ what: String) throws(RedisError) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw RedisError(.invalidURL, "the Redis URL's \(what) is not a number")
        }
        return number
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(2)
            if byte == UInt8(ascii: "%"), digits.count == 2,
                let value = UInt8(String(Substring(digits)), radix: 16)
            {
                bytes.append(value)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
