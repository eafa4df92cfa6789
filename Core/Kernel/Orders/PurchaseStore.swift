import Postgres
import ProviderKit
import Vocabulary

/// Every statement on purchases.
struct PurchaseStore {
    let db: any Queryable

    static let columns: SQL = """
        b.id, b.number, b.checkout_id, b.account_id, b.email, b.address, b.state, b.currency,
        b.total, b.placed_at, b.paid_at, b.expires_at, b.language
        """

    /// How long a purchase may be paid at least, when its checkout is nearly over.
    private static let graceMinutes = 15

    func find(_ id: ID<Purchase>, of buyer: Buyer) async throws -> Purchase? {
        try await db.query(
            """
            select \(Self.columns) from purchase b
            where b.id = \(id) and (b.account_id = \(buyer.account)::uuid
                or b.guest_token_hash = \(buyer.guestTokenHash)::bytea)
            """
        ).decode(Purchase.init).first
    }

    func find(of checkout: ID<Checkout>, of buyer: Buyer) async throws -> Purchase? {
        try await db.query(
            """
            select \(Self.columns) from purchase b
            where b.checkout_id = \(checkout) and (b.account_id = \(buyer.account)::uuid
                or b.guest_token_hash = \(buyer.guestTokenHash)::bytea)
            """
        ).decode(Purchase.init).first
    }

    /// The account's purchases, the newest first.
    func list(of account: ID<Account>, _ page: PageRequest) async throws -> Page<Purchase> {
        let after = page.after.flatMap(ID<Purchase>.init)
        let rows = try await db.query(
            """
            select \(Self.columns) from purchase b
            where b.account_id = \(account) and (\(after)::uuid is null or b.id < \(after)::uuid)
            order by b.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(Purchase.init)
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    /// Locks a purchase; nil when there is none.
    func lock(_ id: ID<Purchase>) async throws -> Purchase? {
        try await db.query(
            "select \(Self.columns) from purchase b where b.id = \(id) for update"
        ).decode(Purchase.init).first
    }

    /// Purchases that nobody paid in time, the oldest first.
    func listOverdue(limit: Int) async throws -> [ID<Purchase>] {
        try await db.query(
            """
            select id from purchase
            where state = 'awaiting_payment' and expires_at <= market_now()
            order by expires_at limit \(limit)::bigint
            """
        ).decode { c in try c.next() }
    }

    /// Everything that placing writes, for several purchases, as one statement. A purchase is made
    /// only from an open checkout that nobody changed since it was read and whose things are all
    /// for sale, and by the commission that holds now; otherwise its orders find no purchase and
    /// `orders_purchase_id_fkey` refuses all of them. Tells the ``PlacedTimes`` of each.
    ///
    /// The market's time is read from its clock here: `market_now()` costs as much as an index
    /// scan.
    static func insertStatement(_ plans: [PurchasePlan]) -> SQL {
        let checkouts = plans.map(\.checkout)
        let terms = plans.map(\.terms)
        let actors = plans.flatMap { plan in plan.orders.map { _ in plan.checkout.account } }
        return """
            with placed as (
                update checkout set state = 'placed', version = checkout.version + 1
                from unnest(\(checkouts.map(\.id))::uuid[]) with ordinality v(id, n),
                    market_clock k, commission_version t
                where checkout.id = v.id and state is not distinct from 'open'
                    and checkout.version = (\(checkouts.map(\.version))::bigint[])[v.n]
                    and expires_at > now() + k.shift
                    and t.version = (\(terms.map(\.version))::bigint[])[v.n]
                    and now() + k.shift
                        >= coalesce((\(terms.map(\.from))::timestamptz[])[v.n], '-infinity')
                    and now() + k.shift
                        < coalesce((\(terms.map(\.until))::timestamptz[])[v.n], 'infinity')
                    and not exists (
                        select from checkout_line l
                        join listing g on g.id = l.listing_id
                        join variant v on v.id = l.variant_id
                        where l.checkout_id = checkout.id and not (g.for_sale and v.active))
                returning v.n, checkout.id, account_id, guest_token_hash, email, currency, address,
                    total, expires_at, now() + k.shift as now
            ), purchase_made as (
                insert into purchase (id, number, checkout_id, account_id, guest_token_hash, email,
                    currency, address, total, placed_at, expires_at, language)
                select (\(plans.map(\.id))::uuid[])[n], (\(plans.map(\.number))::text[])[n], id,
                    account_id, guest_token_hash, email, currency, address, total, now,
                    greatest(expires_at, now + \(graceMinutes)::int * interval '1 minute'),
                    (\(plans.map(\.language))::text[])[n]
                from placed
                returning id, placed_at, expires_at
            ), orders_made as (
                \(ordersStatement(plans))
            ), lines_made as (
                \(linesStatement(plans.flatMap(\.lines)))
            )\(remittersStatement(plans.flatMap(\.orders))), events_made as (
                insert into order_event (order_id, at, actor_id, kind, to_state)
                select (\(plans.flatMap(\.orders).map(\.id))::uuid[])[n],
                    (select now() + shift from market_clock), (\(actors)::uuid[])[n],
                    'placed', 'awaiting_payment'
                from generate_series(1, \(actors.count)::integer) n
            )
            select id, placed_at, expires_at, now() from purchase_made
            """
    }

    private static func ordersStatement(_ plans: [PurchasePlan]) -> SQL {
        let orders = plans.flatMap(\.orders)
        let purchases = plans.flatMap { plan in plan.orders.map { _ in plan.id } }
        let currencies = plans.flatMap { plan in plan.orders.map { _ in plan.checkout.currency } }
        let amounts = orders.map(\.amounts)
        let parcels = orders.map(\.parcel)
        let shipping = orders.map(\.commission)
        return """
            insert into orders (id, number, purchase_id, seller_id, wallet_id, currency,
                items_total, shipping_total, tax_total, tax_included, tax_by_platform,
                tax_jurisdiction, total, commission, commission_vat, shipping_commission,
                shipping_commission_vat,
                shipping_commission_explanation, seller_share, shipping_code, shipping_name,
                shipping_instance_id, hold_days, placed_at)
            select (\(orders.map(\.id))::uuid[])[n], (\(orders.map(\.number))::text[])[n],
                (\(purchases)::uuid[])[n], (\(parcels.map(\.seller))::uuid[])[n],
                (\(parcels.map(\.wallet))::uuid[])[n], (\(currencies)::text[])[n],
                (\(amounts.map(\.items.amount))::bigint[])[n],
                (\(amounts.map(\.shipping.amount))::bigint[])[n],
                (\(amounts.map(\.tax.amount))::bigint[])[n],
                (\(amounts.map(\.taxIncluded.amount))::bigint[])[n],
                (\(amounts.map(\.taxByPlatform.amount))::bigint[])[n],
                (\(orders.map(\.taxJurisdiction))::text[])[n],
                (\(amounts.map(\.total.amount))::bigint[])[n],
                (\(amounts.map(\.commission.amount))::bigint[])[n],
                (\(amounts.map(\.commissionVAT.amount))::bigint[])[n],
                (\(shipping.map(\.shipping.amount.amount))::bigint[])[n],
                (\(shipping.map(\.shipping.vat.amount))::bigint[])[n],
                (\(shipping.map(\.shippingExplanation))::text[])[n],
                (\(amounts.map(\.sellerShare.amount))::bigint[])[n],
                (\(parcels.map(\.chosen))::text[])[n],
                (\(parcels.map { $0.chosenOption?.label ?? "" })::text[])[n],
                (\(parcels.map(\.shippingInstance))::uuid[])[n],
                (\(parcels.map(\.holdDays))::integer[])[n],
                (select now() + shift from market_clock)
            from generate_series(1, \(orders.count)::integer) n
            """
    }

    /// Where tax is handed in that was not handed in there before.
    private static func remittersStatement(_ orders: [PurchasePlan.PlannedOrder]) -> SQL {
        let names = Set(orders.compactMap(\.taxJurisdiction)).sorted()
        guard !names.isEmpty else { return "" }
        return """
            , remitters_made as (
                insert into tax_remitter (id, jurisdiction)
                select * from unnest(\(names.map(TaxJurisdiction.owner))::uuid[],
                    \(names)::text[])
                on conflict do nothing
            )
            """
    }

    private static func linesStatement(_ lines: [PurchasePlan.PlannedLine]) -> SQL {
        let things = lines.map(\.line)
        let commissions = lines.map(\.commission)
        let paths = things.map { $0.categoryPath.sqlText }
        return """
            insert into order_line (id, order_id, line, listing_id, variant_id, title, sku,
                options_text, image_hash, quantity, unit_price, total, tax_rate_ppm, tax_amount,
                tax_included, tax_on_top, tax_by_platform, commission, commission_vat,
                commission_rule_id, commission_explanation, commission_reasoning, category_path)
            select (\(lines.map(\.id))::uuid[])[n], (\(lines.map(\.order))::uuid[])[n],
                (\(lines.map(\.number))::smallint[])[n], (\(things.map(\.listing))::uuid[])[n],
                (\(things.map(\.variant))::uuid[])[n], (\(things.map(\.title))::text[])[n],
                (\(things.map(\.sku))::text[])[n], (\(things.map(\.optionsText))::text[])[n],
                (\(things.map(\.imageHash))::bytea[])[n],
                (\(things.map(\.quantity))::integer[])[n],
                (\(things.map(\.unitPrice.amount))::bigint[])[n],
                (\(things.map(\.total.amount))::bigint[])[n],
                (\(lines.map(\.tax.rate.value))::bigint[])[n],
                (\(lines.map(\.tax.amount.amount))::bigint[])[n],
                (\(lines.map(\.tax.isIncluded))::boolean[])[n],
                (\(lines.map(\.tax.onTop.amount))::bigint[])[n],
                (\(lines.map(\.tax.byPlatform.amount))::bigint[])[n],
                (\(commissions.map(\.amount.amount))::bigint[])[n],
                (\(commissions.map(\.vat.amount))::bigint[])[n],
                (\(commissions.map(\.rule))::uuid[])[n],
                (\(commissions.map(\.explanation))::text[])[n],
                (\(commissions.map(\.reasoning))::text[])[n], (\(paths)::text[])[n]::uuid[]
            from generate_series(1, \(lines.count)::integer) n
            """
    }

    /// The purchases and their orders become paid. The states are checked so that no index fits:
    /// the partial ones look nearly empty to the planner, and hold all that was open a moment ago.
    static func payStatement(_ ids: [ID<Purchase>]) -> SQL {
        """
        with purchase_paid as (
            update purchase set state = 'paid', paid_at = now() + k.shift from market_clock k
            where id = any(\(ids)::uuid[]) and state is not distinct from 'awaiting_payment'
        ), orders_paid as (
            update orders set state = 'paid', paid_at = now() + k.shift from market_clock k
            where purchase_id = any(\(ids)::uuid[])
                and state is not distinct from 'awaiting_payment'
            returning id, paid_at
        )
        insert into order_event (order_id, at, kind, from_state, to_state)
        select id, paid_at, 'paid', 'awaiting_payment', 'paid' from orders_paid
        """
    }

    /// The purchase and its orders are over without having been paid.
    static func cancelStatements(
        _ purchase: Purchase, note: String, by actor: ID<Account>? = nil
    ) -> [SQL] {
        [
            """
            update purchase set state = 'cancelled'
            where id = \(purchase.id) and state = 'awaiting_payment'
            """,
            """
            with cancelled as (
                update orders set state = 'cancelled', cancelled_at = market_now()
                where purchase_id = \(purchase.id) and state = 'awaiting_payment'
                returning id
            )
            insert into order_event (order_id, actor_id, kind, from_state, to_state, note)
            select id, \(actor)::uuid, 'cancelled', 'awaiting_payment', 'cancelled', \(note)::text
            from cancelled
            """,
            ReservationStore.releaseStatement(purchase.checkout),
        ]
    }

    /// The provider of its payment says until when it waits: a month at most, because so long
    /// nobody else can buy what it holds. Said by the system's clock, kept by the market's.
    static func payUntilStatement(_ id: ID<Purchase>, _ instant: Instant) -> SQL {
        """
        update purchase set expires_at =
            market_now() + least(\(instant)::timestamptz - now(), interval '31 days')
        where id = \(id) and state = 'awaiting_payment'
        """
    }

    /// The customer did their part and the money is on its way: three days more.
    static func waitLongerStatement(_ id: ID<Purchase>) -> SQL {
        """
        update purchase set expires_at = greatest(expires_at, market_now() + interval '3 days')
        where id = \(id) and state = 'awaiting_payment'
        """
    }
}

/// When a purchase was placed, until when it may be paid, and when its payment was written.
struct PlacedTimes: Sendable {
    let purchase: ID<Purchase>
    let placedAt: Instant
    let expiresAt: Instant
    let writtenAt: Instant

    init(_ c: inout Columns) throws {
        purchase = try c.next()
        placedAt = try c.next()
        expiresAt = try c.next()
        writtenAt = try c.next()
    }
}

extension Queryable {
    var purchases: PurchaseStore { PurchaseStore(db: self) }
}

extension Purchase {
    init(_ c: inout Columns) throws {
        id = try c.next()
        number = try c.next()
        checkout = try c.next()
        account = try c.next()
        email = try c.next()
        address = try c.next(JSON<Address>.self).value
        state = try c.next()
        let currency = try c.next(Currency.self)
        total = Money(try c.next(), currency)
        placedAt = try c.next()
        paidAt = try c.next()
        expiresAt = try c.next()
        language = try c.next()
    }
}
