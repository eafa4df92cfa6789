import Postgres
import Vocabulary

/// Every statement on seals. They are made in the database, by its own function: the programs can
/// only ask for one, and for what does not fit.
struct SealStore {
    let db: any Queryable

    /// Seals what was committed since the last seal; rows of open transactions wait for the next.
    /// - Returns: how many rows were sealed; 0 when there were none, or another process is at it.
    func seal(_ chain: SealedChain, limit: Int) async throws -> Int {
        try await db.query("select seal_rows(\(chain), \(limit)::int)")
            .decode { c in try c.next(Int.self) }.first ?? 0
    }

    /// What does not fit, the earliest first.
    static func faults(_ chain: SealedChain) -> SQL {
        "select seal_faults(\(chain), \(SealReport.faultsMax)::int)"
    }

    func faults(_ chain: SealedChain) async throws -> [String] {
        try await db.query(Self.faults(chain)).decode { c in try c.next() }
    }

    /// The newest seal, or the one with this hash (64 hexadecimal digits).
    func head(_ chain: SealedChain, hash: String? = nil) async throws -> SealHead? {
        try await db.query(
            """
            select chain, number, encode(hash, 'hex'), at from seal
            where chain = \(chain)
                and (\(hash)::text is null or encode(hash, 'hex') = \(hash)::text)
            order by number desc limit 1
            """
        ).decode { c in
            SealHead(
                chain: try c.next(), number: try c.next(), hash: try c.next(), at: try c.next())
        }.first
    }

    /// How many seals there are, and rows within and outside of them.
    func size(_ chain: SealedChain) async throws -> (seals: Int64, rows: Int64, unsealed: Int64) {
        let rows: SQL =
            switch chain {
            case .ledger: "ledger_transaction"
            case .audit: "audit_log"
            }
        let found = try await db.query(
            """
            select count(*), coalesce(sum(cardinality(ids)), 0)::bigint, (
                select count(*) from \(rows) where xid >= coalesce(
                    (select until_xid from seal where chain = \(chain)
                    order by number desc limit 1), '0'))
            from seal where chain = \(chain)
            """
        ).decode { c in
            (try c.next(Int64.self), try c.next(Int64.self), try c.next(Int64.self))
        }
        return found.first.map { (seals: $0.0, rows: $0.1, unsealed: $0.2) } ?? (0, 0, 0)
    }

    func insert(_ report: SealReport) async throws {
        try await db.execute(
            """
            insert into seal_verification (chain, seals, rows, unsealed, faults)
            values (\(report.chain), \(report.seals), \(report.rows), \(report.unsealed),
                \(report.faults)::text[])
            """)
    }

    func verifications() async throws -> [SealVerification] {
        try await db.query(
            """
            select found.chain, found.at, found.seals, found.rows, found.unsealed, found.faults
            from unnest(\(SealedChain.allCases.map(\.rawValue))::text[]) with ordinality
                known(chain, place)
            cross join lateral (
                select * from seal_verification v where v.chain = known.chain
                order by v.id desc limit 1
            ) found
            order by known.place
            """
        ).decode { c in
            SealVerification(
                chain: try c.next(), at: try c.next(), seals: try c.next(), rows: try c.next(),
                unsealed: try c.next(), faults: try c.next())
        }
    }

    func list(_ chain: SealedChain, _ page: PageRequest) async throws -> Page<Seal> {
        let rows = try await db.query(
            """
            select chain, number, at, cardinality(ids), ids[1], ids[cardinality(ids)],
                encode(hash, 'hex'), encode(previous, 'hex')
            from seal where chain = \(chain) and number < \(page.afterNumber ?? Int64.max)
            order by number desc limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            Seal(
                chain: try c.next(), number: try c.next(), at: try c.next(), rows: try c.next(),
                first: try c.next(), last: try c.next(), hash: try c.next(),
                previous: try c.next())
        }
        return Page(rows, limit: page.limit) { String($0.number) }
    }
}

extension Queryable {
    var seals: SealStore { SealStore(db: self) }
}
