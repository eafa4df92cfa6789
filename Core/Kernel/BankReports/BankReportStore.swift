import Postgres
import Vocabulary

/// Every statement on banks' messages.
struct BankReportStore: Sendable {
    let db: any Queryable

    func insert(
        _ id: ID<BankReportRun>, _ report: BankReport, at instance: ID<ProviderInstance>,
        _ digest: [UInt8], _ findings: [BankReportFinding], by admin: ID<Account>
    ) async throws {
        let order: [BankReportFinding.Result] = [
            .contradicts, .otherAmount, .settled, .underWay, .known, .unknown,
        ]
        let kept = order.flatMap { result in findings.filter { $0.result == result } }
            .prefix(BankReportRun.findingsMax)
        func count(_ result: BankReportFinding.Result) -> Int {
            findings.count { $0.result == result }
        }
        try await db.execute(
            """
            insert into bank_report (id, instance_id, format, message, sha256, settled, wrong,
                unknown, findings, read_by)
            values (\(id), \(instance), \(report.format), \(report.message), \(Bytes(digest)),
                \(count(.settled)),
                \(count(.otherAmount) + count(.contradicts)), \(count(.unknown)),
                \(JSON(Array(kept))), \(admin))
            """)
    }

    func find(_ id: ID<BankReportRun>) async throws -> BankReportRun? {
        try await db.query(
            """
            select \(Self.columns), r.findings
            from bank_report r join provider_instance i on i.id = r.instance_id
            where r.id = \(id)
            """
        ).decode { c in try Self.run(&c) }.first
    }

    /// Newest first.
    func list(_ page: PageRequest) async throws -> Page<BankReportRun> {
        let rows = try await db.query(
            """
            select \(Self.columns), '[]'::jsonb
            from bank_report r join provider_instance i on i.id = r.instance_id
            where \(page.afterID)::uuid is null or r.id < \(page.afterID)::uuid
            order by r.id desc limit \(page.limit + 1)::bigint
            """
        ).decode { c in try Self.run(&c) }
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    private static let columns: SQL = """
        r.id, r.instance_id, i.name, r.format, r.message, r.read_at, r.settled, r.wrong, r.unknown
        """

    private static func run(_ c: inout Columns) throws -> BankReportRun {
        try BankReportRun(
            id: c.next(), instance: c.next(), instanceName: c.next(), format: c.next(),
            message: c.next(), readAt: c.next(), settled: c.next(), wrong: c.next(),
            unknown: c.next(), findings: c.next(JSON<[BankReportFinding]>.self).value)
    }
}

extension Queryable {
    var bankReports: BankReportStore { BankReportStore(db: self) }
}
