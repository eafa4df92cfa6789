import Vocabulary

/// Why a file as a whole was not imported. What is wrong with single rows is in the report.
public enum ImportRefusal: Refusal, Hashable {
    case tooLarge, tooManyRows, empty
    case notUTF8(line: Int)
    case quoteOpen(line: Int)
    case columnMissing(String)
    /// Of a file that was kept: it is imported already, is being imported, or an hour has passed.
    case over

    /// The largest file, and the most rows: an hour's work of a large shop.
    static let bytesMax = 20 << 20
    static let rowsMax = 50_000

    public var code: String {
        switch self {
        case .tooLarge: "import.too-large"
        case .tooManyRows: "import.too-many-rows"
        case .empty: "import.empty"
        case .notUTF8: "import.not-utf8"
        case .quoteOpen: "import.quote-open"
        case .columnMissing: "import.column-missing"
        case .over: "import.over"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .tooLarge: .tooLarge
        case .over: .missing
        default: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .tooLarge: "The file may have at most 20 MB."
        case .tooManyRows: "The file may have at most 50,000 rows."
        case .empty: "There are no products in the file."
        case .notUTF8(let line): "Line \(line) is not UTF-8 text. Save the file as UTF-8."
        case .quoteOpen(let line): "A quotation mark of line \(line) is never closed."
        case .columnMissing(let name): "The column \(name) is missing in the first line."
        case .over:
            "This file was imported already, or was kept for longer than an hour. Choose it again."
        }
    }

    public var field: String? { "file" }
}
