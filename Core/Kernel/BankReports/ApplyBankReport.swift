import Logging
import Postgres
import ProviderKit
import Vocabulary

/// What became of one line of a bank's message.
public struct BankReportFinding: Hashable, Sendable, Codable {
    public enum Result: String, Hashable, Sendable, Codable, CaseIterable {
        /// It changed the payout.
        case settled
        /// It was known, or older than what is known.
        case known
        /// The bank is still at it.
        case underWay
        /// No payout of ours has this reference.
        case unknown
        /// The payout is of another amount: nothing was changed, and a person has to look.
        case otherAmount
        /// It was executed although the payout had failed: the seller's payouts are frozen until a
        /// person has booked it.
        case contradicts
    }

    /// The end-to-end id of the transfer, or the message id of a file.
    public let reference: String
    public let outcome: BankReport.Outcome
    public let amount: Money?
    public let reason: String?
    public let result: Result
    public let payout: ID<Payout>?
}

/// A bank's message as it was read once.
public struct BankReportRun: Sendable {
    /// More are counted and not kept.
    public static let findingsMax = 2000

    public let id: ID<BankReportRun>
    public let instance: ID<ProviderInstance>
    public let instanceName: String
    /// `camt.053.001.08`
    public let format: String
    /// The bank's id of it.
    public let message: String
    public let readAt: Instant
    public let settled: Int
    /// Lines that need a person: a payout of another amount, or one that had failed.
    public let wrong: Int
    /// Lines about nothing of ours.
    public let unknown: Int
    /// Those that need a person first.
    public let findings: [BankReportFinding]
}

extension Marketplace {
    /// Reads what a bank says became of the transfers of a module that writes files, and settles
    /// the payouts that it names: those that were refused or came back are their sellers' again.
    /// Read twice, it changes nothing the second time; interrupted, it is read again.
    /// - Throws: ``BankReportRefusal``, ``PayoutRefusal/notByFile``, `ProviderRefusal`.
    public func readBankReport(
        _ bytes: [UInt8], at instance: ID<ProviderInstance>, by admin: ID<Account>
    ) async throws -> BankReportRun {
        guard try await providers.payment(instance).writesFiles else {
            throw PayoutRefusal.notByFile
        }
        let report = try await printing.run { try BankReport(bytes) }
        let lines = try await transfers(in: report, at: instance)
        let cameBack = Set(lines.filter { $0.outcome == .returned }.map(\.reference))
        var findings: [BankReportFinding] = []
        for start in stride(from: 0, to: lines.count, by: Self.linesPerTransaction) {
            let some = Array(lines[start..<min(start + Self.linesPerTransaction, lines.count)])
            findings += try await database.transaction { tx in
                try await tx.settle(some, cameBack, at: instance)
            }
        }
        let id = ID<BankReportRun>()
        try await database.transaction { tx in
            try await tx.bankReports.insert(
                id, report, at: instance, sha256(bytes), findings, by: admin)
            try await tx.audit.record(
                "bank-report.read", on: "bank_report", id.description, by: admin,
                reason: "\(report.format) \(report.message): "
                    + "\(findings.count { $0.result == .settled }) payouts settled")
        }
        return try await bankReport(id)
    }

    private static let linesPerTransaction = 100

    /// - Throws: ``BankReportRefusal/unknown``
    public func bankReport(_ id: ID<BankReportRun>) async throws -> BankReportRun {
        guard let run = try await database.bankReports.find(id) else {
            throw BankReportRefusal.unknown
        }
        return run
    }

    /// Messages that were read, newest first; without their lines.
    public func bankReports(_ page: PageRequest) async throws -> Page<BankReportRun> {
        try await database.bankReports.list(page)
    }

    /// The lines with those about whole files taken apart: a word about a file counts for every
    /// transfer of it that no other line is about.
    private func transfers(
        in report: BankReport, at instance: ID<ProviderInstance>
    ) async throws -> [BankReport.Line] {
        var lines = report.lines.filter { !$0.isFile }
        var named = Set(lines.map(\.reference))
        for line in report.lines where line.isFile {
            let payouts = try await payouts(in: line, at: instance)
            guard line.outcome != .underWay, !payouts.isEmpty else {
                if payouts.isEmpty || named.isEmpty { lines.append(line) }
                continue
            }
            for payout in payouts {
                guard let reference = payout.reference, named.insert(reference).inserted else {
                    continue
                }
                lines.append(
                    BankReport.Line(
                        reference: reference, isFile: false, outcome: line.outcome,
                        amount: payout.amount, reason: line.reason))
            }
        }
        return lines
    }

    /// The payouts of the file whose message id a line has: the file's id without its hyphens.
    private func payouts(
        in line: BankReport.Line, at instance: ID<ProviderInstance>
    ) async throws -> [Payout] {
        let digits = Array(line.reference.lowercased())
        guard digits.count == 32 else { return [] }
        let parts = [
            digits[0..<8], digits[8..<12], digits[12..<16], digits[16..<20], digits[20...],
        ]
        guard
            let id = ID<PayoutFileBatch>(parts.map { String($0) }.joined(separator: "-")),
            let file = try await database.payoutFiles.find(id), file.instance == instance
        else { return [] }
        return try await payouts(in: id)
    }
}

extension Transaction {
    /// Settles the payouts that these lines are about, all locked in one order first.
    /// - Parameter cameBack: the transfers of which the whole message says that they came back.
    fileprivate func settle(
        _ lines: [BankReport.Line], _ cameBack: Set<String>, at instance: ID<ProviderInstance>
    ) async throws -> [BankReportFinding] {
        let known = try await payouts.find(references: lines.map(\.reference), at: instance)
        for id in Set(known.values).sorted() { _ = try await payouts.lock(id) }
        var findings: [BankReportFinding] = []
        for line in lines {
            let payout = known[line.reference]
            findings.append(
                BankReportFinding(
                    reference: line.reference, outcome: line.outcome, amount: line.amount,
                    reason: line.reason,
                    result: try await settle(
                        line, payout, hasComeBack: cameBack.contains(line.reference)),
                    payout: payout))
        }
        return findings
    }

    private func settle(
        _ line: BankReport.Line, _ id: ID<Payout>?, hasComeBack: Bool
    ) async throws -> BankReportFinding.Result {
        guard line.outcome != .underWay else { return .underWay }
        guard let id, let payout = try await payouts.lock(id) else { return .unknown }
        guard line.amount == nil || line.amount == payout.amount else { return .otherAmount }
        let snapshot = PayoutSnapshot(
            reference: line.reference, payoutID: "\(id)",
            status: line.outcome == .executed ? .succeeded : .failed, amount: payout.amount,
            version: payout.version + 1,
            failureCode: line.outcome == .executed ? nil : line.reason ?? "The bank sent it back.")
        let news = PayoutNews.read(snapshot, for: payout.state, version: payout.version)
        // Some banks book what they refuse, and book it back.
        if news == .nothing || (news == .contradicts && hasComeBack) { return .known }
        _ = try await settle(payout, snapshot)
        return news == .contradicts ? .contradicts : .settled
    }
}
