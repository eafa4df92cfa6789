import Conformance
import Postgres
import Vocabulary

/// Every statement on conformance reports.
struct ConformanceStore: Sendable {
    let db: any Queryable

    func save(_ report: ConformanceReport, by actor: ID<Account>?) async throws {
        try await db.execute(
            """
            insert into conformance_report (module_key, module_version, contract, passed, failed,
                skipped, report, ran_by)
            values (\(report.module), \(report.version), \(report.contract),
                \(report.count(.passed)), \(report.count(.failed)), \(report.count(.skipped)),
                \(JSON(report)), \(actor))
            on conflict (module_key, module_version) do update
            set contract = excluded.contract, passed = excluded.passed, failed = excluded.failed,
                skipped = excluded.skipped, report = excluded.report, ran_at = now(),
                ran_by = excluded.ran_by
            """)
    }

    func all() async throws -> [StoredConformance] {
        try await db.query(
            """
            select report, ran_at from conformance_report
            order by module_key, module_version
            limit 500
            """
        ).decode { c in
            try StoredConformance(
                report: c.next(JSON<ConformanceReport>.self).value, ranAt: c.next())
        }
    }
}

extension Queryable {
    var conformance: ConformanceStore { ConformanceStore(db: self) }
}
