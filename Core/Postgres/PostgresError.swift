/// Anything that went wrong between us and PostgreSQL.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Sendable {
        /// PostgreSQL answered with an error; ``PostgresError/sqlState`` says which.
        case server
        /// The server could not be reached, or went away before the statement was sent.
        case unavailable
        /// The connection broke while a statement was under way: it may or may not have run.
        case connectionLost
        /// No connection came free in time, or too many are waiting. Nothing was sent.
        case poolExhausted
        /// The statement did not finish by its deadline and was cancelled.
        case deadline
        /// The waiting task was cancelled.
        case cancelled
        /// A column did not hold what was asked for.
        case decoding
        /// The transaction's handle was used after its end.
        case transactionOver
        /// The pool was closed.
        case closed
    }

    public let code: Code
    /// The five-character SQLSTATE (PostgreSQL documentation, appendix A) when the server spoke.
    public let sqlState: String?
    /// The violated constraint's name, when there is one.
    public let constraint: String?
    public let message: String
    /// The statement's text without its parameters, when one was at fault.
    public let statement: String?

    public init(
        _ code: Code, _ message: String, sqlState: String? = nil, constraint: String? = nil,
        statement: String? = nil
    ) {
        self.code = code
        self.message = message
        self.sqlState = sqlState
        self.constraint = constraint
        self.statement = statement
    }

    /// Whether running the whole transaction again may succeed (40001, 40P01, 55P03).
    public var isRetryable: Bool {
        switch sqlState {
        case "40001", "40P01", "55P03": true
        default: false
        }
    }

    /// Enough of a statement to find it by.
    private static let statementShown = 160

    public var description: String {
        let place = statement.map { "in «\($0.prefix(Self.statementShown))»" }
        return [code.rawValue, sqlState, constraint, message, place].compactMap { $0 }
            .joined(separator: ": ")
    }
}
