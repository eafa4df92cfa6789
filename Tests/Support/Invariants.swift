import Kernel
import Postgres

/// What holds after every test, whatever it did: the books balance and nothing is held by nobody.
public struct Invariants: Sendable {
    let db: any Queryable

    public init(_ db: any Queryable) { self.db = db }

    /// - Throws: ``TestSupportError/invariants(_:)`` with a sentence for each that is broken.
    public func check() async throws {
        let broken = try await db.query(
            """
            select 'the ledger is off by ' || sum(amount) || ' ' || currency
            from ledger_entry group by currency having sum(amount) <> 0
            union all
            select 'a balance of ' || code || ' is ' || balance || ', its entries say ' || coalesce(
                (select sum(amount) from ledger_entry e where e.account_id = account.id), 0)
            from ledger_balance join ledger_account account on account.id = account_id
            where balance <> coalesce(
                (select sum(amount) from ledger_entry e where e.account_id = account.id), 0)
            union all
            select code || ' is below its floor'
            from ledger_balance join ledger_account account on account.id = account_id
            where balance < floor
            union all
            select 'purchase ' || number || ' is ' || total || ', its orders ' || coalesce(
                (select sum(total) from orders where purchase_id = purchase.id), 0)
            from purchase
            where total <> coalesce(
                (select sum(total) from orders where purchase_id = purchase.id), 0)
            union all
            select 'payment ' || id || ' is ' || amount || ', its shares are not'
            from payment
            where amount <> coalesce(
                (select sum(amount) from payment_share where payment_id = payment.id), 0)
            union all
            select 'variant ' || variant_id || ' has ' || reserved || ' reserved, held are '
                || coalesce((select sum(quantity) from reservation r
                    where r.variant_id = stock_level.variant_id and r.state = 'held'), 0)
            from stock_level
            where reserved <> coalesce((select sum(quantity) from reservation r
                where r.variant_id = stock_level.variant_id and r.state = 'held'), 0)
            """
        ).decode { c in try c.next(String.self) }
        if !broken.isEmpty { throw TestSupportError.invariants(broken) }
    }
}
