import ProviderKit
import Vocabulary

/// Payouts from the platform's own bank account, as a file that a person hands to the bank: an
/// ISO 20022 credit transfer initiation by the SEPA rulebook, or CSV. It takes no payments.
///
/// Nothing is asked of anybody when a payout is sent: it waits for the next file. What became of
/// it an administrator says, who reads the bank's statement.
public struct BankFilePayouts: PayoutFileProvider {
    static let format = ConfigurationField(
        "format", label: "Format",
        kind: .choice([Format.pain03.rawValue, Format.pain09.rawValue, Format.csv.rawValue]),
        help: "Ask your bank which version it takes. CSV is for banks that take no XML.",
        fallback: Format.pain09.rawValue)
    static let debtor = ConfigurationField(
        "debtor", label: "Account holder", required: true,
        help: "Whose account it is, as the bank has it; at most 70 characters are sent.")
    static let iban = ConfigurationField(
        "iban", label: "IBAN", required: true, help: "The account that the money leaves.")
    static let bic = ConfigurationField(
        "bic", label: "BIC", help: "Only if your bank asks for it.")

    public static let descriptor = ModuleDescriptor(
        kind: .payment, key: "bank-file-payouts", name: "Bank file payouts", version: "1.0",
        summary: "Pays sellers from your bank account by SEPA files (pain.001) or CSV.",
        fields: [format, debtor, iban, bic], capabilities: [.payouts, .payoutFiles])

    enum Format: String {
        case pain03 = "pain.001.001.03"
        case pain09 = "pain.001.001.09"
        case csv
    }

    let account: DebtorAccount
    let format: Format

    public init(settings: InstanceSettings, services: ProviderServices) throws(ProviderError) {
        let typed = try settings.required(Self.iban)
        guard let iban = AccountNumber(iban: typed) else {
            throw .misconfigured(message: "The IBAN is not complete, or has a typing error.")
        }
        var bic: BankCode?
        if let text = settings.text(Self.bic) {
            guard let known = BankCode(bic: text) else {
                throw .misconfigured(message: "A BIC has 8 or 11 letters and digits.")
            }
            bic = known
        }
        let holder = try settings.required(Self.debtor)
        guard let name = SEPAText(holder, lengthMax: 70) else {
            throw .misconfigured(message: "The account holder has no letter that a bank reads.")
        }
        account = DebtorAccount(name: name, iban: iban, bic: bic)
        guard let format = Format(rawValue: settings.text(Self.format) ?? "") else {
            throw .misconfigured(message: "The format is not one of those offered.")
        }
        self.format = format
    }

    public func check(_ context: OperationContext) async throws(ProviderError) -> [String] { [] }

    /// What cannot stand in a file is refused now, so that no file has to be taken apart.
    public func pay(
        _ request: PayoutRequest, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot {
        let reference = Self.endToEndID(request.payoutID)
        _ = try transfer(
            PayoutTransfer(
                reference: reference, amount: request.amount, destination: request.destination,
                statement: request.statement))
        return PayoutSnapshot(
            reference: reference, payoutID: request.payoutID, status: .pending,
            amount: request.amount, version: 0)
    }

    /// Asking again has no effect anywhere, so there is nothing to look up.
    public func lookupPayout(
        _ key: ProviderLookup, _ context: OperationContext
    ) async throws(ProviderError) -> PayoutSnapshot? { nil }

    public func file(_ request: PayoutFileRequest) throws(ProviderError) -> PayoutFile {
        var transfers: [CreditTransfer] = []
        for transfer in request.transfers { transfers.append(try self.transfer(transfer)) }
        guard !transfers.isEmpty else {
            throw .invalidRequest(code: "file.empty", message: "There is nothing to pay.")
        }
        guard Set(transfers.map(\.endToEndID)).count == transfers.count else {
            throw .invalidRequest(code: "file.twice", message: "A transfer is there twice.")
        }
        let batch = try TransferBatch(
            messageID: Self.endToEndID(request.fileID), createdAt: request.createdAt,
            executeOn: request.executeOn, debtor: account, transfers: transfers)
        let name = "guildhall-\(batch.messageID.prefix(12))"
        switch format {
        case .pain03, .pain09:
            let text = batch.creditTransferInitiation(format)
            return PayoutFile(
                name: name + ".xml", mediaType: "application/xml", bytes: Array(text.utf8))
        case .csv:
            return PayoutFile(
                name: name + ".csv", mediaType: "text/csv", bytes: Array(batch.csv().utf8))
        }
    }

    private func transfer(_ transfer: PayoutTransfer) throws(ProviderError) -> CreditTransfer {
        // A SEPA credit transfer is in euro (EPC125-05, DS-02).
        guard transfer.amount.currency == .eur || format == .csv else {
            throw .declined(
                code: "currency", message: "A SEPA transfer is in euro.", mayRetry: false)
        }
        guard (1...99_999_999_999).contains(transfer.amount.amount) else {
            throw .declined(
                code: "amount", message: "A transfer is 0.01 to 999,999,999.99.", mayRetry: false)
        }
        guard let iban = AccountNumber(iban: transfer.destination.account) else {
            throw .declined(
                code: "iban", message: "The IBAN has a typing error.", mayRetry: false)
        }
        guard let name = SEPAText(transfer.destination.holder, lengthMax: 70) else {
            throw .declined(
                code: "name", message: "The account holder's name has no letter that a bank reads.",
                mayRetry: false)
        }
        return CreditTransfer(
            endToEndID: transfer.reference, amount: transfer.amount, name: name, iban: iban,
            bic: transfer.destination.bic.flatMap { BankCode(bic: $0) },
            remittance: SEPAText(transfer.statement, lengthMax: 140))
    }

    /// An id as banks take it, 35 characters at most: the UUID without its hyphens has 32.
    static func endToEndID(_ id: String) -> String {
        String(id.filter { $0.isASCII && ($0.isLetter || $0.isNumber) }.prefix(35))
    }
}

@_cdecl("guildhall_contract") public func contract() -> Int64 { providerContractVersion }
@_cdecl("guildhall_module") public func module() -> UnsafeMutableRawPointer {
    exportModule(BankFilePayouts.self)
}
