import Postgres
import Vocabulary

/// What the back office reads about purchases; nothing here changes a row.
struct PurchaseCaseStore {
    let db: any Queryable

    private typealias Part = PurchasePartStore

    private static let found: SQL = """
        p.id, p.number, p.email, coalesce(p.address->>'name', ''), p.state, p.total, p.currency,
            cardinality(array(select 1 from orders o where o.purchase_id = p.id)), p.placed_at,
            \(PurchaseOutcomeStore.columns)
        """

    func list(_ search: PurchaseSearch, _ page: PageRequest) async throws -> Page<PurchaseFound> {
        let rows = try await db.query(
            """
            select \(Self.found)
            from purchase p
            where \(Self.condition(search))
                and (\(page.afterID)::uuid is null or p.id < \(page.afterID)::uuid)
            order by p.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(Part.found(_:))
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    static func condition(_ search: PurchaseSearch) -> SQL {
        switch search {
        case .newest: return "true"
        case .inState(let state): return "p.state = \(state)"
        case .text(let text):
            let number = PurchaseNumber.normalized(text)
            return """
                p.id in (
                    select id from purchase where number = \(number)
                    union all select purchase_id from orders where number = \(number)
                    union all select id from purchase where email = \(text.lowercased())
                    union all select purchase_id from payment where reference = \(text)
                )
                """
        }
    }

    func purchase(of order: ID<Order>) async throws -> ID<Purchase>? {
        try await db.query("select purchase_id from orders where id = \(order)")
            .decode { c in try c.next(ID<Purchase>.self) }.first
    }

    func find(_ id: ID<Purchase>) async throws -> PurchaseCase? {
        let orders: SQL = "array(select id from orders where purchase_id = \(id))"
        let statements: [SQL] = [
            """
            select \(Self.found), p.account_id, p.address, p.paid_at, p.expires_at
            from purchase p where p.id = \(id)
            """,
            Part.lines(of: id), Part.events(of: id), Part.shipments(of: id),
            Part.orders(of: id), Part.payments("p.purchase_id = \(id)", limit: 100),
            Part.attempts("p.purchase_id = \(id)"),
        ]
        let answers = try await db.batch(
            statements + RefundStore.listStatements(of: orders) + [
                RefundStore.leftStatement(of: orders), ReceiptStore.listStatement(of: id),
            ])
        let lines = try answers[1].decode(Part.line(_:))
        let events = try answers[2].decode(Part.event(_:))
        let shipments = try answers[3].decode(Part.shipment(_:))
        let refunds = try RefundStore.decode(answers[7], answers[8])
        let left = try answers[9].decode { c in
            (order: try c.next(ID<Order>.self), part: try RefundPart(&c))
        }
        let cases = try answers[4].decode { c in
            try Part.order(&c, lines, events, shipments, refunds, left)
        }
        let attempts = try answers[6].decode(Part.attempt(_:))
        let receipts = try answers[10].decode(PaymentReceipt.init)
        let payments = try answers[5].decode { c in try Part.payment(&c, attempts, receipts) }
        return try answers[0].decode { c in
            PurchaseCase(
                found: try Part.found(&c), account: try c.next(),
                address: try c.next(JSON<Address>.self).value, paidAt: try c.next(),
                expiresAt: try c.next(), orders: cases, payments: payments)
        }.first
    }

    /// Payments with money that does not fit, until somebody has looked at it.
    func listToReview(_ page: PageRequest) async throws -> Page<PaymentCase> {
        let rows = try await db.query(
            Part.payments(
                """
                p.received > 0 and p.reviewed_at is null
                    and (p.excess > 0 or p.state in ('late', 'failed', 'voided'))
                    and (\(page.afterID)::uuid is null or p.id < \(page.afterID)::uuid)
                """, limit: page.limit + 1)
        ).decode { c in try Part.payment(&c, []) }
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func listPayments(
        in state: Payment.State?, at instance: ID<ProviderInstance>?, _ page: PageRequest
    ) async throws -> Page<PaymentCase> {
        let rows = try await db.query(
            Part.payments(
                """
                (\(state)::text is null or p.state = \(state)::text)
                    and (\(instance)::uuid is null or p.instance_id = \(instance)::uuid)
                    and (\(page.afterID)::uuid is null or p.id < \(page.afterID)::uuid)
                """, limit: page.limit + 1)
        ).decode { c in try Part.payment(&c, []) }
        return Page(rows, limit: page.limit) { $0.id.description }
    }
}

extension Queryable {
    var purchaseCases: PurchaseCaseStore { PurchaseCaseStore(db: self) }
}
