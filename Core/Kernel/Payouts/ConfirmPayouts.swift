import ProviderKit
import Vocabulary

extension Marketplace {
    /// Writes down what a person read on the bank's statement about payouts of a file: each was
    /// executed, or came back. All of them or none; a result that is known changes nothing.
    /// - Throws: ``PayoutRefusal`` `notInFile` with nothing changed when one is of another file.
    /// - Returns: the payouts as they stand now.
    @discardableResult
    public func confirmPayouts(
        in file: ID<PayoutFileBatch>, _ results: [PayoutResult], reason: String,
        by admin: ID<Account>
    ) async throws -> [Payout] {
        let batch = try await payoutFileBatch(file)
        guard try await providers.payment(batch.instance).writesFiles else {
            throw PayoutRefusal.notByFile
        }
        guard (1...PayoutFileBatch.transfersMax).contains(results.count) else {
            throw PayoutRefusal.notInFile
        }
        let known = Dictionary(
            try await payouts(in: file).flatMap { payout in
                [(payout.id.description, payout), (payout.reference ?? "", payout)]
            }
        ) { first, _ in first }
        let named = try results.map { result in
            guard let payout = known[result.reference] else { throw PayoutRefusal.notInFile }
            return (payout, result)
        }
        return try await database.transaction(statementDeadline: .seconds(60)) { tx in
            var settled: [Payout] = []
            for (payout, result) in named.sorted(by: { $0.0.id < $1.0.id }) {
                guard let now = try await tx.payouts.lock(payout.id) else { continue }
                settled.append(
                    try await tx.settle(now, Self.snapshot(of: now, result)))
            }
            try await tx.audit.record(
                "payout-file.confirmed", on: "payout_file", file.description, by: admin,
                reason: reason, before: [String]?.none,
                after: results.map { "\($0.reference) \($0.outcome.rawValue)" })
            return settled
        }
    }

    private static func snapshot(of payout: Payout, _ result: PayoutResult) -> PayoutSnapshot {
        PayoutSnapshot(
            reference: payout.reference ?? payout.id.description, payoutID: "\(payout.id)",
            status: result.outcome == .executed ? .succeeded : .failed, amount: payout.amount,
            version: payout.version + 1,
            failureCode: result.outcome == .executed
                ? nil : result.reason ?? "The bank sent it back.")
    }
}

extension [PayoutResult] {
    /// Reads one result a line: `reference,executed` or `reference,returned,why`, with commas or
    /// semicolons between.
    /// - Throws: `InputRefusal` that names the line at fault.
    public init(lines text: String) throws {
        var results: [PayoutResult] = []
        for (index, line) in text.split(whereSeparator: \.isNewline).enumerated() {
            let cells = line.split(
                maxSplits: 2, omittingEmptySubsequences: false,
                whereSeparator: { ",;".contains($0) }
            ).map { InputText.trimmed(String($0)) }
            guard cells.count >= 2, let outcome = PayoutResult.Outcome(rawValue: cells[1]) else {
                throw InputRefusal(
                    .wrong("Line \(index + 1) is not a reference and executed or returned."),
                    field: "results")
            }
            let why = cells.count == 3 ? String(cells[2].prefix(200)) : ""
            results.append(
                PayoutResult(
                    reference: cells[0], outcome: outcome, reason: why.isEmpty ? nil : why))
        }
        self = results
    }
}
