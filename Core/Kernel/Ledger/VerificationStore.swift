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

    /// - Returns: its id.
    func insert(_ report: LedgerReport) async throws -> Int64 {
        let findings = report.checks.filter { !$0.culprits.isEmpty }
            .map { Finding(claim: $0.claim, culprits: $0.culprits) }
        return try await db.query(
            """
            insert into ledger_verification (transactions, entries, differences, findings, claims)
            values (\(report.transactions), \(report.entries), \(report.differences),
                \(JSON(findings)), \(report.checks.map(\.claim))::text[])
            returning id
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// Newest first.
    func list(_ page: PageRequest) async throws -> Page<LedgerVerification> {
        let rows = try await db.query(
            """
            select id, at, transactions, entries, differences, claims, findings
            from ledger_verification where id < \(page.afterNumber ?? Int64.max)
            order by id desc limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            let (id, at): (Int64, Instant) = (try c.next(), try c.next())
            let (transactions, entries): (Int64, Int64) = (try c.next(), try c.next())
            let differences: Int = try c.next()
            let claims: [String] = try c.next()
            let findings = try c.next(JSON<[Finding]>.self).value
            let wrong = Dictionary(findings.map { ($0.claim, $0.culprits) }) { $0 + $1 }
            let all = claims.isEmpty ? findings.map(\.claim) : claims
            return LedgerVerification(
                id: id, at: at, transactions: transactions, entries: entries,
                differences: differences,
                checks: all.map { LedgerCheck(claim: $0, culprits: wrong[$0] ?? []) })
        }
        return Page(rows, limit: page.limit) { String($0.id) }
    }

    /// Writes down that somebody wants one, unless one is under way.
    func ask(by admin: ID<Account>?) async throws {
        try await db.execute(
            """
            insert into verification_run (asked_by) values (\(admin))
            on conflict ((true)) where ended_at is null do nothing
            """)
    }

    /// Begins the run that was asked for, one that broke off, or a new one.
    func begin() async throws -> Int64 {
        try await db.query(
            """
            insert into verification_run (begun_at) values (clock_timestamp())
            on conflict ((true)) where ended_at is null
            do update set begun_at = clock_timestamp(), done = 0, steps = 0
            returning id
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    func note(_ run: Int64, done: Int, of steps: Int) async throws {
        try await db.execute(
            """
            update verification_run set done = \(done), steps = \(steps)
            where id = \(run) and ended_at is null
            """)
    }

    func end(_ run: Int64, with verification: Int64) async throws {
        try await db.execute(
            """
            update verification_run set done = steps, ended_at = clock_timestamp(),
                verification_id = \(verification)
            where id = \(run) and ended_at is null
            """)
    }

    func newestRun() async throws -> VerificationRun? {
        try await db.query(
            """
            select run.id, account.name, asked_at, begun_at, done, steps, ended_at
            from verification_run run left join account on account.id = asked_by
            order by run.id desc limit 1
            """
        ).decode { c in
            VerificationRun(
                id: try c.next(), askedBy: try c.next(), askedAt: try c.next(),
                begunAt: try c.next(), done: try c.next(), steps: try c.next(),
                endedAt: try c.next())
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
        try await db.execute(
            """
            delete from verification_run where ended_at is not null
                and asked_at < clock_timestamp() - \(Self.keptDays)::int * interval '1 day'
            """)
        try await db.execute(
            """
            delete from seal_verification
            where at < clock_timestamp() - \(Self.keptDays)::int * interval '1 day'
            """)
    }
}

extension Queryable {
    var verifications: VerificationStore { VerificationStore(db: self) }
}
