/// Anything that went wrong between us and Redis.
public struct RedisError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// Redis answered with an error; the message begins with its code, as in `WRONGTYPE …`.
        case server
        /// Redis could not be reached, or went away before the command was sent.
        case unavailable
        /// The connection broke while the command was under way: it may or may not have run.
        case connectionLost
        /// Redis did not answer in time; the command may still run.
        case deadline
        /// Too many commands are waiting. Nothing was sent.
        case overloaded
        /// The waiting task was cancelled; the command may still run.
        case cancelled
        /// The settings' URL cannot be understood.
        case invalidURL
        /// The client was closed.
        case closed
    }

    public let code: Code
    public let message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "redis \(code.rawValue): \(message)" }

    static var clientClosed: RedisError { RedisError(.closed, "the client was closed") }
    static var overdue: RedisError { RedisError(.deadline, "Redis did not answer in time") }
}
