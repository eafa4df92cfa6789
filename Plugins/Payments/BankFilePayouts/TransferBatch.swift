import ProviderKit
import Vocabulary

/// The account that the money leaves.
struct DebtorAccount: Hashable, Sendable {
    let name: SEPAText
    let iban: AccountNumber
    let bic: BankCode?
}

/// One payment to a seller.
struct CreditTransfer: Hashable, Sendable {
    /// Comes back in the bank's statements; unique among all files.
    let endToEndID: String
    let amount: Money
    let name: SEPAText
    let iban: AccountNumber
    let bic: BankCode?
    let remittance: SEPAText?
}

/// Everything that one file says.
struct TransferBatch: Sendable {
    let messageID: String
    let createdAt: Instant
    /// The day on which the bank is to pay.
    let executeOn: Instant
    let debtor: DebtorAccount
    let transfers: [CreditTransfer]
    /// What the control sums say, exactly.
    let total: Money

    /// - Throws: `invalidRequest` for several currencies or a sum that is no amount.
    init(
        messageID: String, createdAt: Instant, executeOn: Instant, debtor: DebtorAccount,
        transfers: [CreditTransfer]
    ) throws(ProviderError) {
        self.messageID = messageID
        self.createdAt = createdAt
        self.executeOn = executeOn
        self.debtor = debtor
        self.transfers = transfers
        do {
            total = try Money.sum(
                transfers.map(\.amount), transfers.first?.amount.currency ?? .eur)
        } catch {
            throw .invalidRequest(code: "file.sum", message: "The amounts do not add up: \(error).")
        }
    }

    /// RFC 4180, UTF-8, one transfer a line, amounts in major units.
    func csv() -> String {
        var lines = ["end_to_end_id,name,iban,bic,amount,currency,remittance"]
        for transfer in transfers {
            lines.append(
                [
                    transfer.endToEndID, transfer.name.text, transfer.iban.text,
                    transfer.bic?.text ?? "", transfer.amount.decimalText,
                    transfer.amount.currency.code, transfer.remittance?.text ?? "",
                ].map(Self.quoted).joined(separator: ","))
        }
        return lines.joined(separator: "\r\n") + "\r\n"
    }

    /// A cell that a spreadsheet does not take for a formula.
    private static func quoted(_ text: String) -> String {
        let isFormula = text.first.map { "=+-@".contains($0) } ?? false
        let safe = isFormula ? "'" + text : text
        return "\""
            + safe.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }
}
