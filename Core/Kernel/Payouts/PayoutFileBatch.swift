import ProviderKit
import Vocabulary

/// Payouts that a person hands to a bank together, as one file.
public struct PayoutFileBatch: Sendable {
    /// A file of more payouts is cut; the rest is the next one's.
    public static let transfersMax = 1000

    public let id: ID<PayoutFileBatch>
    public let instance: ID<ProviderInstance>
    public let transfers: Int
    public let total: Money
    public let madeAt: Instant
    /// Nil until the module has written it.
    public let name: String?
}

/// What a person saw on the bank's statement.
public struct PayoutResult: Hashable, Sendable {
    public enum Outcome: String, Sendable, CaseIterable {
        case executed, returned
    }

    /// The payout's reference in the file, or its id.
    public let reference: String
    public let outcome: Outcome
    /// Why it came back, for the seller.
    public let reason: String?

    public init(reference: String, outcome: Outcome, reason: String? = nil) {
        self.reference = reference
        self.outcome = outcome
        self.reason = reason
    }
}

extension Marketplace {
    /// Puts everything that waits for a file into one, and lets the module write it.
    /// - Throws: ``PayoutRefusal`` `nothingToFile`, `notByFile`; `ProviderRefusal`.
    @discardableResult
    public func makePayoutFile(
        at instance: ID<ProviderInstance>, _ currency: Currency, by admin: ID<Account>
    ) async throws -> PayoutFileBatch {
        guard try await providers.payment(instance).writesFiles else {
            throw PayoutRefusal.notByFile
        }
        let id = ID<PayoutFileBatch>()
        try await database.transaction { tx in
            let waiting = try await tx.payoutFiles.lockWaiting(
                at: instance, currency, limit: PayoutFileBatch.transfersMax)
            if waiting.isEmpty { throw PayoutRefusal.nothingToFile }
            let total = try Money.sum(waiting.map(\.amount), currency)
            try await tx.payoutFiles.insert(
                id, at: instance, total: total, payouts: waiting.map(\.id), by: admin)
            try await tx.audit.record(
                "payout-file.made", on: "payout_file", id.description, by: admin,
                reason: "\(waiting.count) payouts, \(total)")
        }
        _ = try await payoutFile(id)
        return try await payoutFileBatch(id)
    }

    /// The bytes of a file: written once by the module, the same ever after.
    /// - Throws: ``PayoutRefusal/fileUnknown``.
    public func payoutFile(_ id: ID<PayoutFileBatch>) async throws -> PayoutFile {
        if let known = try await database.payoutFiles.content(of: id) { return known }
        let batch = try await payoutFileBatch(id)
        var transfers: [PayoutTransfer] = []
        for payout in try await database.payoutFiles.payouts(in: id) {
            let request = try await request(for: payout)
            transfers.append(
                PayoutTransfer(
                    reference: payout.reference ?? payout.id.description, amount: payout.amount,
                    destination: request.destination, statement: request.statement))
        }
        // A process that died after the payouts were claimed is followed by whoever asks next.
        let file = try await providers.payment(batch.instance).file(
            PayoutFileRequest(
                fileID: id.description, createdAt: batch.madeAt, executeOn: batch.madeAt,
                transfers: transfers))
        try await database.payoutFiles.saveContent(of: id, file)
        guard let stored = try await database.payoutFiles.content(of: id) else {
            throw PayoutRefusal.fileUnknown
        }
        return stored
    }

    /// - Throws: ``PayoutRefusal/fileUnknown``.
    public func payoutFileBatch(_ id: ID<PayoutFileBatch>) async throws -> PayoutFileBatch {
        guard let batch = try await database.payoutFiles.find(id) else {
            throw PayoutRefusal.fileUnknown
        }
        return batch
    }

    /// Files, newest first.
    public func payoutFiles(_ page: PageRequest) async throws -> Page<PayoutFileBatch> {
        try await database.payoutFiles.list(page)
    }

    /// What waits for the next file, by instance and currency.
    public func payoutsWaitingForFiles() async throws -> [WaitingForFile] {
        var waiting: [WaitingForFile] = []
        for group in try await database.payoutFiles.waiting()
        where try await providers.payment(group.instance).writesFiles { waiting.append(group) }
        return waiting
    }

    /// Whether a provider's payouts go out as files now.
    public func writesPayoutFiles(_ instance: ID<ProviderInstance>) async throws -> Bool {
        do {
            return try await providers.payment(instance).writesFiles
        } catch is ProviderRefusal {
            return false
        } catch is ProviderError {
            return false
        }
    }

    /// The payouts in a file, in its order.
    public func payouts(in file: ID<PayoutFileBatch>) async throws -> [Payout] {
        try await database.payoutFiles.payouts(in: file)
    }
}

/// Payouts of one instance and currency that are in no file yet.
public struct WaitingForFile: Sendable {
    public let instance: ID<ProviderInstance>
    public let instanceName: String
    public let payouts: Int
    public let total: Money
}
