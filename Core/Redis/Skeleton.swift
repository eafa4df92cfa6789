import Logging
import Reactor

// The shape of the driver, until the driver is there: whoever brings it deletes this file.

public struct RedisSettings: Sendable {
    public var url: String
    public init(url: String) { self.url = url }
}

public struct RedisError: Error, Sendable {}

public enum RedisArgument: Sendable, ExpressibleByStringLiteral {
    case string(String)
    case int(Int64)
    case bytes([UInt8])
    public init(stringLiteral value: String) { self = .string(value) }
}

public enum RedisReply: Sendable {
    case null, integer(Int64), string([UInt8]), status(String), array([RedisReply]), error(String)
    public var text: String? { nil }
    public var int: Int64? { nil }
}

public struct RedisScript: Sendable {
    public init(_ text: String) {}
}

public final class RedisClient: Sendable {
    public init(_ settings: RedisSettings, reactor: Reactor, logger: Logger) {}
    public func send(
        _ command: String, _ arguments: [RedisArgument]
    ) async throws(RedisError) -> RedisReply { throw RedisError() }
    public func run(
        _ script: RedisScript, keys: [String], arguments: [RedisArgument]
    ) async throws(RedisError) -> RedisReply { throw RedisError() }
    public func close() async {}
}
