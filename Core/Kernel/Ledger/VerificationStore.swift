import Postgres
import Vocabulary

/// Every statement on what recomputations of the books found.
struct VerificationStore {
    let db: any Queryable

    /// How long they are kept; the audit of a year asks for no more.
    private static let keptDays = 400

    private struct Finding: Codable, Sendable {
        let claim: String
        let culprits: [String]
    }

    func insert(_ report: LedgerReport) async throws {
        let findings = report.checks.filter { !$0.culprits.isEmpty }
            .map { Finding(claim: $0.claim, culprits: $0.culprits) }
        try await db.execute(
            """
            insert into ledger_verification (transactions, entries, differences, findings)
            values (\(report.transactions), \(report.entries), \(report.differences),
                \(JSON(findings)))
            """)
    }

    func newest() async throws -> LedgerVerification? {
        try await db.query(
            """
            select at, transactions, entries, differences, findings from ledger_verification
            order by id desc limit 1
            """
        ).decode { c in
            LedgerVerification(
                at: try c.next(), transactions: try c.next(), entries: try c.next(),
                differences: try c.next(),
                findings: try c.next(JSON<[Finding]>.self).value.map {
                    LedgerCheck(claim: $0.claim, culprits: $0.culprits)
                })
        }.first
    }

    /// Seconds since the newest by the database's clock; nil when there was none.
    func ageSeconds() async throws -> Int64? {
        try await db.query(
            """
            select extract(epoch from clock_timestamp() - at)::bigint from ledger_verification
            order by id desc limit 1
            """
        ).decode { c in try c.next(Int64.self) }.first
    }

    func sweep() async throws {
        try await db.execute(
            """
            delete from ledger_verification
            where at < clock_timestamp() - \(Self.keptDays)::int * interval '1 day'
            """)
    }
}

extension Queryable {
    var verifications: VerificationStore { VerificationStore(db: self) }
}
