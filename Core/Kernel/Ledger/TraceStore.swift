import Postgres
import Vocabulary

/// What a trace of an order's money reads; nothing here changes a row.
struct TraceStore {
    let db: any Queryable

    /// More postings than that no order has; a trace is one page.
    private static let stepsMax = 500

    func order(numbered number: String) async throws -> ID<Order>? {
        try await db.query("select id from orders where number = \(number)")
            .decode { c in try c.next(ID<Order>.self) }.first
    }

    func trace(_ order: ID<Order>) async throws -> MoneyTrace? {
        let answers = try await db.batch([
            Self.head(of: order), Self.lines(of: order), Self.moves(of: order),
        ])
        guard let head = try answers[0].decode(TracedOrder.init).first else { return nil }
        let lines = try answers[1].decode { c in try MoneyTrace.Line(&c, head) }
        let moves = try answers[2].decode { c in try TracedMove(&c, head.total.currency) }
        var steps: [MoneyTrace.Step] = []
        for move in moves {
            if let last = steps.last, last.transaction == move.step.transaction {
                steps[steps.count - 1] = last.with(move.step.moves)
            } else {
                steps.append(move.step)
            }
        }
        return MoneyTrace(head: head, lines: lines, steps: steps)
    }

    private static func head(of order: ID<Order>) -> SQL {
        """
        select o.currency, o.id, o.number, o.purchase_id, o.seller_id, s.name, o.state, o.placed_at,
            o.total, o.shipping_total, o.commission, o.tax_by_platform, o.seller_share, p.id,
            i.name, p.reference, coalesce(h.captured, 0), coalesce(h.refunded, 0)
        from orders o
            join seller s on s.id = o.seller_id
            left join lateral (
                select * from payment_share where order_id = o.id
                order by captured desc, payment_id desc limit 1
            ) h on true
            left join payment p on p.id = h.payment_id
            left join provider_instance i on i.id = p.instance_id
        where o.id = \(order)
        """
    }

    private static func lines(of order: ID<Order>) -> SQL {
        """
        select l.line, l.title, l.quantity, l.total, l.tax_amount, l.tax_rate_ppm, l.tax_included,
            l.commission, l.commission_vat, l.commission_rule_id, l.commission_explanation,
            l.commission_reasoning, r.rate_ppm, l.total + l.tax_on_top - case r.base
                when 'net' then l.tax_amount else l.tax_by_platform end
        from order_line l left join commission_rule r on r.id = l.commission_rule_id
        where l.order_id = \(order) order by l.line
        """
    }

    /// Every posting on the order's money. What an entry of the order has no counterpart for
    /// within the order is that of the whole posting: a payout, or a debt that was settled. The
    /// payment of a payout moves no order's entries; the order's part of it is its item.
    private static func moves(of order: ID<Order>) -> SQL {
        """
        with own as (
            select transaction_id, account_id, sum(amount) as amount from ledger_entry
            where order_id = \(order) group by transaction_id, account_id
        ), rest as (
            select own.transaction_id, other.account_id, -sum(own.amount) as amount
            from own cross join lateral (
                select account_id from ledger_entry e
                where e.transaction_id = own.transaction_id and e.order_id is null
                order by e.line limit 1
            ) other
            group by own.transaction_id, other.account_id having sum(own.amount) <> 0
        ), paid as (
            select e.transaction_id, e.account_id, sign(e.amount) * item.amount as amount
            from payout_item item
            join ledger_transaction t on t.key = 'payout:' || item.payout_id || ':post'
            join ledger_entry e on e.transaction_id = t.id
            where item.order_id = \(order)
        )
        select t.id, t.key, t.kind, t.booked_at, a.kind,
            coalesce(s.name, i.name, r.jurisdiction), m.amount::bigint
        from (
            select * from own union all select * from rest union all select * from paid
        ) m
            join ledger_transaction t on t.id = m.transaction_id
            join ledger_account a on a.id = m.account_id
            left join wallet w on w.id = a.wallet_id
            left join seller s on s.id = w.seller_id
            left join provider_instance i on i.id = a.instance_id
            left join tax_remitter r on r.id = a.remitter_id
        order by t.id, m.amount, a.id
        limit \(stepsMax)::bigint
        """
    }
}

/// One row of the trace: a step with one move.
private struct TracedMove {
    let step: MoneyTrace.Step

    init(_ c: inout Columns, _ currency: Currency) throws {
        let transaction: Int64 = try c.next()
        let key: String = try c.next()
        let kind: Posting.Kind = try c.next()
        let bookedAt: Instant = try c.next()
        let move = MoneyTrace.Move(
            account: try c.next(), owner: try c.next(), amount: Money(try c.next(), currency))
        step = MoneyTrace.Step(
            transaction: transaction, key: key, kind: kind, bookedAt: bookedAt, moves: [move])
    }
}

extension MoneyTrace.Step {
    fileprivate func with(_ more: [MoneyTrace.Move]) -> Self {
        Self(
            transaction: transaction, key: key, kind: kind, bookedAt: bookedAt, moves: moves + more)
    }
}

extension TracedOrder {
    fileprivate init(_ c: inout Columns) throws {
        let currency: Currency = try c.next()
        id = try c.next()
        number = try c.next()
        purchase = try c.next()
        seller = try c.next()
        sellerName = try c.next()
        state = try c.next()
        placedAt = try c.next()
        total = Money(try c.next(), currency)
        shipping = Money(try c.next(), currency)
        commission = Money(try c.next(), currency)
        taxByPlatform = Money(try c.next(), currency)
        sellerShare = Money(try c.next(), currency)
        payment = try c.next()
        instanceName = try c.next()
        reference = try c.next()
        captured = Money(try c.next(), currency)
        refunded = Money(try c.next(), currency)
    }
}

extension MoneyTrace.Line {
    fileprivate init(_ c: inout Columns, _ head: TracedOrder) throws {
        let currency = head.total.currency
        let number: Int = try c.next()
        title = try c.next()
        quantity = try c.next()
        total = Money(try c.next(), currency)
        tax = Money(try c.next(), currency)
        taxRate = try c.next()
        taxIncluded = try c.next()
        commission = Money(try c.next(), currency)
        commissionVAT = Money(try c.next(), currency)
        rule = try c.next()
        explanation = try c.next()
        reasoning = try c.next()
        let rate: PartsPerMillion? = try c.next()
        let base: Int64? = try c.next()
        let isOurs = !head.taxByPlatform.isZero
        let (commission, seller) = (commission, head.sellerName)
        let taxRounding = Rounding(
            "tax of line \(number)", total, times: taxRate.value,
            over: 1_000_000 + (taxIncluded ? taxRate.value : 0), kept: tax,
            for: "the state, by \(isOurs ? "the market" : seller)",
            from: taxIncluded ? seller : "the customer")
        let commissionRounding = rate.flatMap { rate in
            Rounding(
                "commission on line \(number)", Money(base ?? 0, currency), times: rate.value,
                over: 1_000_000, kept: commission, for: "the market", from: seller)
        }
        roundings = [taxRounding, commissionRounding].compactMap { $0 }
    }
}
