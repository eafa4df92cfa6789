import Postgres
import Vocabulary

/// What the back office reads of the books; nothing here changes a row.
struct LedgerRecordStore {
    let db: any Queryable

    func list(
        of purchase: ID<Purchase>?, _ page: PageRequest
    ) async throws -> Page<LedgerRecord> {
        let before = page.after.flatMap { Int64($0) } ?? Int64.max
        var condition: SQL = "true"
        if let purchase {
            condition = """
                id in (select e.transaction_id from ledger_entry e
                    join orders o on o.id = e.order_id where o.purchase_id = \(purchase))
                """
        }
        let heads = try await db.query(
            """
            select id, key, kind, purchase_id, booked_at from ledger_transaction
            where \(condition) and id < \(before)
            order by id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            LedgerRecord(
                id: try c.next(), key: try c.next(), kind: try c.next(), purchase: try c.next(),
                bookedAt: try c.next(), sides: [])
        }
        let shown = Page(heads, limit: page.limit) { String($0.id) }
        let sides = try await self.sides(of: shown.items.map(\.id))
        return shown.map { head in
            LedgerRecord(
                id: head.id, key: head.key, kind: head.kind, purchase: head.purchase,
                bookedAt: head.bookedAt, sides: sides[head.id] ?? [])
        }
    }

    private func sides(of ids: [Int64]) async throws -> [Int64: [LedgerRecord.Side]] {
        let rows = try await db.query(
            """
            select e.transaction_id, a.code, coalesce(s.name, i.name, r.jurisdiction),
                e.amount, e.currency, o.number
            from ledger_entry e
                join ledger_account a on a.id = e.account_id
                left join wallet w on w.id = a.wallet_id
                left join seller s on s.id = w.seller_id
                left join provider_instance i on i.id = a.instance_id
                left join tax_remitter r on r.id = a.remitter_id
                left join orders o on o.id = e.order_id
            where e.transaction_id = any(\(ids)::bigint[])
            order by e.transaction_id, e.line
            """
        ).decode { c in
            let transaction: Int64 = try c.next()
            let side = LedgerRecord.Side(
                account: try c.next(), owner: try c.next(),
                amount: Money(try c.next(), try c.next()), orderNumber: try c.next())
            return (transaction, side)
        }
        return Dictionary(grouping: rows) { $0.0 }.mapValues { $0.map { $0.1 } }
    }
}

extension Queryable {
    var ledgerRecords: LedgerRecordStore { LedgerRecordStore(db: self) }
}
