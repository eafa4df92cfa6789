import Vocabulary

/// What a bank says became of transfers: a payment status report (ISO 20022 pain.002), an account
/// statement (camt.052, camt.053) or a notification of debits and credits (camt.054). Pure.
public struct BankReport: Hashable, Sendable {
    public enum Outcome: String, Hashable, Sendable, Codable, CaseIterable {
        /// The money left our account.
        case executed
        /// It was refused, or came back.
        case returned
        /// The bank is still at it.
        case underWay
    }

    /// What it says of one transfer, or of a whole file.
    public struct Line: Hashable, Sendable {
        /// The end-to-end id of a transfer; of a file its message id.
        public let reference: String
        /// It is about every transfer of the file that no other line is about.
        public let isFile: Bool
        public let outcome: Outcome
        /// Positive; nil when it does not say.
        public let amount: Money?
        /// Why it came back, as the bank says it.
        public let reason: String?
    }

    /// `pain.002.001.03`
    public let format: String
    /// The bank's id of the message.
    public let message: String
    public let lines: [Line]

    /// Longer ones are not read.
    public static let bytesMax = 8_000_000
    public static let linesMax = 5000

    /// Reads the versions of these messages that banks use: what is read of them has not changed
    /// between `pain.002.001.03` and `.15`, `camt.053.001.02` and `.14`.
    /// - Throws: ``BankReportRefusal``
    public init(_ bytes: [UInt8]) throws(BankReportRefusal) {
        guard bytes.count <= Self.bytesMax else { throw .tooLong }
        let document = try XMLElement.read(bytes)
        let space =
            document.attributes["xmlns"]
            ?? document.attributes.values.first {
                $0.hasPrefix("urn:iso:std:iso:20022")
            }
        format = space?.split(separator: ":").last.map(String.init) ?? ""
        guard document.name == "Document", let root = document.children.first else {
            throw .notKnown
        }
        switch root.name {
        case "CstmrPmtStsRpt": lines = Self.statuses(root)
        case "BkToCstmrStmt": lines = Self.entries(root.all("Stmt"))
        case "BkToCstmrDbtCdtNtfctn": lines = Self.entries(root.all("Ntfctn"))
        case "BkToCstmrAcctRpt": lines = Self.entries(root.all("Rpt"))
        default: throw .notKnown
        }
        message = String((root.at("GrpHdr", "MsgId")?.text ?? "").prefix(100))
        guard lines.count <= Self.linesMax else { throw .tooLong }
    }

    /// An amount with its currency's code; nil when it is none that we know.
    static func money(_ element: XMLElement?) -> Money? {
        guard let element, let currency = element.attributes["Ccy"].flatMap({ Currency($0) }) else {
            return nil
        }
        return Money(decimal: element.text, currency)
    }

    /// The bank's words and its code (ISO 20022 external code sets), together at most 200 long.
    static func reason(_ element: XMLElement?) -> String? {
        guard let element else { return nil }
        let code = element.at("Rsn", "Cd")?.text ?? element.at("Rsn", "Prtry")?.text
        let words = element.all("AddtlInf").map(\.text).joined(separator: " ")
        let known = code.flatMap { reasons[$0] }
        let all = [words.isEmpty ? known ?? "" : words, code.map { "(\($0))" } ?? ""]
            .filter { !$0.isEmpty }
        return all.isEmpty ? nil : String(all.joined(separator: " ").prefix(200))
    }

    /// The reasons of the SEPA rulebook (EPC125-05, AT-R3), as a seller understands them.
    private static let reasons = [
        "AC01": "The account number is wrong", "AC04": "The account is closed",
        "AC06": "The account is blocked", "AG01": "The account takes no transfers",
        "AG02": "The bank does not know this kind of transfer",
        "AM05": "The transfer was there twice", "BE04": "The receiver's address is missing",
        "CNOR": "The receiver's bank is not reached", "FOCR": "It was called back",
        "MD07": "The receiver has died", "MS02": "The receiver refused it",
        "MS03": "The bank gave no reason", "RC01": "The bank's code is wrong",
        "RR01": "Legal reasons", "RR02": "Legal reasons", "RR03": "Legal reasons",
        "RR04": "Legal reasons",
    ]
}

/// Why a bank's message was not read.
public enum BankReportRefusal: Refusal, Hashable, CaseIterable {
    case notXML(line: Int)
    case notKnown, tooLong, unknown

    public static let allCases: [Self] = [.notXML(line: 1), .notKnown, .tooLong, .unknown]

    public var code: String {
        switch self {
        case .notXML: "bank-report.not-xml"
        case .notKnown: "bank-report.not-known"
        case .tooLong: "bank-report.too-long"
        case .unknown: "bank-report.unknown"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .unknown: .missing
        case .tooLong: .tooLarge
        case .notXML, .notKnown: .invalid
        }
    }

    public var explanation: String {
        switch self {
        case .notXML(let line): "This is not XML in UTF-8: line \(line) cannot be read."
        case .notKnown: "This is not a pain.002, camt.052, camt.053 or camt.054 message."
        case .tooLong:
            "This is longer than 8 MB or 5,000 lines. Ask the bank for days by themselves."
        case .unknown: "There is no such message of a bank."
        }
    }

    public var field: String? { self == .unknown ? nil : "content" }
}
