import CPostgres

/// The fields of an error that libpq tells apart (its `PG_DIAG_` constants).
enum ErrorField {
    static let sqlState = Int32(UInt8(ascii: "C"))
    static let constraint = Int32(UInt8(ascii: "n"))
    static let message = Int32(UInt8(ascii: "M"))
    static let routine = Int32(UInt8(ascii: "R"))
}

extension PostgresError {
    /// Reads a failed result.
    /// - Parameter isOverdue: the statement ran for as long as it may, so a cancelled statement
    ///   was cancelled by its deadline.
    init(
        _ result: OpaquePointer, statement: String?, isCancelled: Bool = false,
        isOverdue: Bool = false
    ) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        let state = field(ErrorField.sqlState)
        let code: Code =
            switch state {
            case nil: .connectionLost
            case "57014" where isCancelled: .cancelled
            case "57014" where isOverdue: .deadline
            // The server shuts down or the session was ended: the statement's fate is unknown.
            case "57P01", "57P02", "57P03", "57P05": .connectionLost
            default: .server
            }
        self.init(
            code,
            field(ErrorField.message) ?? String(cString: PQresultErrorMessage(result)).trimmed,
            sqlState: state, constraint: field(ErrorField.constraint), statement: statement)
    }
}
