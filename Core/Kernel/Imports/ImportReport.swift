import Vocabulary

/// What an import did, or would do.
public struct ImportReport: Sendable, Codable, Equatable {
    /// Nothing was written.
    public let isDryRun: Bool
    public var created = 0
    public var updated = 0
    public var unchanged = 0
    /// Products that were left out because of an error.
    public var skipped = 0
    /// Of what was changed: what was a draft, and what was published.
    public var putOnSale = 0
    public var takenOffSale = 0
    /// Errors, warnings and notices in the order of the file, the first ``notesMax``.
    public var notes: [ImportNote] = []

    public static let notesMax = 500

    /// Products that are written, or would be.
    public var changeCount: Int { created + updated }

    public var errors: [ImportNote] { notes.filter { $0.severity == .error } }
    public var warnings: [ImportNote] { notes.filter { $0.severity == .warning } }
}

/// One thing that is wrong, or odd, in a file.
public struct ImportNote: Sendable, Codable, Hashable {
    public enum Severity: String, Sendable, Codable, CaseIterable {
        /// The product was left out.
        case error
        /// The product was taken, but not all that the row says.
        case warning
        /// The product was taken, and the row does more than change its words and prices.
        case notice
    }

    public let severity: Severity
    /// The line of the file, from 1; the header is line 1.
    public let line: Int
    public let handle: String?
    public let column: String?
    public let message: String
}

/// What an import is told.
public struct ImportOptions: Sendable {
    /// The currency of the file's prices; the format has no column for it.
    public var currency: Currency = .eur
    /// Whether to look only.
    public var isDryRun = false
    /// Pictures that came with the file, by file name.
    public var pictures: [String: [UInt8]] = [:]

    public init() {}
}
