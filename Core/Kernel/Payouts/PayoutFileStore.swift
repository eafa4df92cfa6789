import Postgres
import ProviderKit
import Vocabulary

/// Every statement on files for banks, and on whose money is paid by them.
struct PayoutFileStore: Sendable {
    let db: any Queryable

    func routes() async throws -> [PayoutRoute] {
        try await db.query("select holder_id, payer_id from payout_route order by holder_id")
            .decode { c in try PayoutRoute(holder: c.next(), payer: c.next()) }
    }

    func saveRoute(
        of holder: ID<ProviderInstance>, to payer: ID<ProviderInstance>?
    ) async throws {
        guard let payer else {
            try await db.execute("delete from payout_route where holder_id = \(holder)")
            return
        }
        try await db.execute(
            """
            insert into payout_route (holder_id, payer_id) values (\(holder), \(payer))
            on conflict (holder_id) do update set payer_id = excluded.payer_id
            """)
    }

    /// Payouts that the module took and that are in no file, locked, oldest first; those of sellers
    /// who were frozen meanwhile stay.
    func lockWaiting(
        at instance: ID<ProviderInstance>, _ currency: Currency, limit: Int
    ) async throws -> [(id: ID<Payout>, amount: Money)] {
        try await db.query(
            """
            select id, amount, currency from payout
            where instance_id = \(instance) and currency = \(currency) and file_id is null
                and state in ('sent', 'unknown') and reference is not null
                and not exists (
                    select from payout_freeze
                    where payout_freeze.seller_id = payout.seller_id and lifted_at is null)
            order by id
            limit \(limit)::bigint
            for no key update
            """
        ).decode { c in (id: try c.next(), amount: Money(try c.next(), try c.next())) }
    }

    func insert(
        _ id: ID<PayoutFileBatch>, at instance: ID<ProviderInstance>, total: Money,
        payouts: [ID<Payout>], by admin: ID<Account>
    ) async throws {
        _ = try await db.batch([
            """
            insert into payout_file (id, instance_id, currency, transfers, total, made_by)
            values (\(id), \(instance), \(total.currency), \(payouts.count), \(total.amount),
                \(admin))
            """,
            """
            update payout set file_id = \(id)
            where id = any(\(payouts)::uuid[]) and file_id is null
            """,
        ])
    }

    private static let columns: SQL = """
        id, instance_id, transfers, total, currency, made_at, name
        """

    func find(_ id: ID<PayoutFileBatch>) async throws -> PayoutFileBatch? {
        try await db.query("select \(Self.columns) from payout_file where id = \(id)")
            .decode(Self.batch).first
    }

    /// Newest first.
    func list(_ page: PageRequest) async throws -> Page<PayoutFileBatch> {
        let rows = try await db.query(
            """
            select \(Self.columns) from payout_file
            where \(page.afterID)::uuid is null or id < \(page.afterID)::uuid
            order by id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(Self.batch)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func content(of id: ID<PayoutFileBatch>) async throws -> PayoutFile? {
        try await db.query(
            """
            select name, media_type, content from payout_file
            where id = \(id) and content is not null
            """
        ).decode { c in
            try PayoutFile(
                name: c.next(), mediaType: c.next(), bytes: c.next(Bytes.self).bytes)
        }.first
    }

    /// The first to write it wins; others then read what stands.
    func saveContent(of id: ID<PayoutFileBatch>, _ file: PayoutFile) async throws {
        try await db.execute(
            """
            update payout_file
            set name = \(file.name), media_type = \(file.mediaType), content = \(Bytes(file.bytes))
            where id = \(id) and content is null
            """)
    }

    func payouts(in file: ID<PayoutFileBatch>) async throws -> [Payout] {
        let ids = try await db.query(
            """
            select id from payout where file_id = \(file)
            order by id limit \(PayoutFileBatch.transfersMax)::bigint
            """
        ).decode { c in try c.next(ID<Payout>.self) }
        return try await PayoutStore(db: db).find(ids)
    }

    /// What is in no file yet; counted up to a file's worth.
    func waiting() async throws -> [WaitingForFile] {
        try await db.query(
            """
            select instance.id, instance.name, count(*), sum(amount)::bigint, currency
            from provider_instance instance
            join payout on payout.instance_id = instance.id
            where payout.state in ('sent', 'unknown') and payout.file_id is null
                and payout.reference is not null
            group by instance.id, currency
            order by instance.id, currency
            limit 100
            """
        ).decode { c in
            try WaitingForFile(
                instance: c.next(), instanceName: c.next(), payouts: c.next(),
                total: Money(c.next(), c.next()))
        }
    }

    private static func batch(_ c: inout Columns) throws -> PayoutFileBatch {
        try PayoutFileBatch(
            id: c.next(), instance: c.next(), transfers: c.next(),
            total: Money(c.next(), c.next()), madeAt: c.next(), name: c.next())
    }
}

extension Queryable {
    var payoutFiles: PayoutFileStore { PayoutFileStore(db: self) }
}
