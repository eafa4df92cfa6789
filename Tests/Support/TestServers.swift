import FoundationEssentials
import Logging
import Postgres
import Reactor

/// The servers that tests run against, from the environment that `Config/test` sets.
public enum TestServers {
    /// A database that may be connected to as a user who may create databases.
    public static var databaseURL: String {
        get throws { try value("GUILDHALL_TEST_DATABASE_URL") }
    }

    public static var redisURL: String {
        get throws { try value("GUILDHALL_TEST_REDIS_URL") }
    }

    /// The same server's database of another name; `login` (`name:password`) is who connects, when
    /// it is somebody else.
    public static func url(ofDatabase name: String, login: String? = nil) throws -> String {
        let url = try databaseURL
        guard let scheme = url.range(of: "://") else { return url + " dbname=" + name }
        let rest = url[scheme.upperBound...]
        let query = rest.firstIndex(of: "?").map { rest[$0...] } ?? ""
        var authority = String(rest.prefix { $0 != "/" && $0 != "?" })
        if let login {
            authority = login + "@" + (authority.split(separator: "@").last ?? "")
        }
        return url[..<scheme.upperBound] + authority + "/" + name + query
    }

    /// One epoll thread serves all tests of a process.
    public static let reactor = Reactor()

    public static let logger: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()

    private static func value(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw TestSupportError.missing(name)
        }
        return value
    }
}

public enum TestSupportError: Error, CustomStringConvertible {
    case missing(String)
    case notFound(String)
    case invariants([String])
    case undocumented(String)

    public var description: String {
        switch self {
        case .missing(let name): "\(name) is not set: run the tests with Config/test."
        case .notFound(let what): "\(what) is not there."
        case .undocumented(let answer): "The OpenAPI document does not say this of \(answer)"
        case .invariants(let broken): "Broken invariants: " + broken.joined(separator: "; ")
        }
    }
}
