import Kernel
import Vocabulary

/// Money that came, as somebody says it.
public struct ReceiptInput: Described {
    public let amount: Money
    /// Left out, it came now.
    public let receivedOn: String?
    /// Of a bank's statement: what tells its line apart.
    public let reference: String?
    public let note: String?

    public static let rules: [String: [Rule]] = [
        "receivedOn": [
            .length(0...10), .about("The day in UTC, such as 2026-11-21. Left out, now."),
        ],
        "reference": [
            .length(0...100),
            .about("What tells the line of the bank's statement apart: none counts twice."),
        ],
        "note": [.length(0...500)],
    ]

    /// - Throws: ``InputRefusal`` for a day that is none.
    public func draft() throws -> ReceiptDraft {
        var moment = Instant.systemNow
        if let text = receivedOn, !text.isEmpty {
            guard let day = Day(text) else {
                throw InputRefusal(.wrong("This is not a day."), field: "receivedOn")
            }
            moment = day.from
        }
        return ReceiptDraft(
            amount: amount, receivedAt: moment, reference: reference, note: note)
    }
}
