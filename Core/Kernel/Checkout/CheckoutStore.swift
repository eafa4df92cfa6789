import Postgres
import ProviderKit
import Vocabulary

/// Every statement on checkouts, their parcels and lines.
struct CheckoutStore {
    let db: any Queryable

    /// The checkout with everything in it; nil when there is none, or it is someone else's.
    func find(_ id: ID<Checkout>, of buyer: Buyer) async throws -> Checkout? {
        let answers = try await db.batchPlannedOnce([
            """
            select id, account_id, email, currency, address,
                case when state = 'open' and expires_at <= market_now()
                    then 'expired' else state end,
                items_total, shipping_total, tax_total, tax_included, total, tax_lines, taxed,
                tax_instance_id, version, expires_at, market_now()
            from checkout
            where id = \(id) and (account_id = \(buyer.account)::uuid
                or guest_token_hash = \(buyer.guestTokenHash)::bytea)
            """,
            """
            select p.parcel, p.seller_id, s.name, s.slug, s.country, s.state = 'verified',
                s.origin, s.hold_days, p.wallet_id, p.options, p.quoted, p.chosen,
                p.shipping_instance_id, p.gift_message, p.deliver_on::text
            from checkout_parcel p join seller s on s.id = p.seller_id
            where p.checkout_id = \(id)
            order by p.parcel
            """,
            """
            select l.parcel, l.line, l.variant_id, l.listing_id, l.quantity, l.unit_price, l.title,
                l.sku, l.options_text, l.image_hash, l.grams, l.category_path, l.tax_code,
                l.requires_shipping, g.for_sale and v.active
            from checkout_line l
            join listing g on g.id = l.listing_id
            join variant v on v.id = l.variant_id
            where l.checkout_id = \(id)
            order by l.line
            """,
        ])
        guard let row = answers[0].first else { return nil }
        var c = row.columns
        return try Checkout(&c, parcels: answers[1], lines: answers[2])
    }

    /// What has to be known of the wanted things to sell them, in the order asked for; nil for a
    /// variant that does not exist. And the market's time.
    func facts(of variants: [ID<Variant>]) async throws -> ([VariantFacts?], now: Instant) {
        try Self.facts(try await db.batchPlannedOnce([Self.factsStatement(variants)])[0])
    }

    /// The same with what has to be known to send them.
    func facts(
        of variants: [ID<Variant>], sentTo country: String
    ) async throws -> ([VariantFacts?], SendingFacts, now: Instant) {
        let answers = try await db.batchPlannedOnce(
            [Self.factsStatement(variants)] + SendingFacts.statements(of: variants, to: country))
        let (facts, now) = try Self.facts(answers[0])
        return (facts, try SendingFacts(answers.dropFirst()), now)
    }

    private static func factsStatement(_ variants: [ID<Variant>]) -> SQL {
        """
        select (select now() + shift from market_clock), v.id, v.listing_id, v.price, v.currency,
            v.sku, array_to_string(v.option_values, ' / '), v.grams, v.requires_shipping,
            case when v.taxable then coalesce(v.tax_code, c.tax_code, 'standard')
                else 'exempt' end,
            g.title, g.category_path, g.for_sale and v.active, g.state = 'published',
            s.id, s.name, s.slug, s.country, s.origin, s.hold_days, s.state = 'verified',
            coalesce(g.wallet_id, w.id), coalesce(k.on_hand - k.reserved, 0),
            (select i.content_hash from listing_image i
                where i.listing_id = g.id and i.content_hash is not null
                order by i.id is not distinct from v.image_id desc, i.position limit 1)
        from unnest(\(variants)::uuid[]) with ordinality t(id, line)
        left join variant v on v.id = t.id
        left join listing g on g.id = v.listing_id
        left join category c on c.id = g.category_id
        left join seller s on s.id = v.seller_id
        left join wallet w on w.seller_id = s.id and w.is_default
        left join stock_level k on k.variant_id = v.id
        order by t.line
        """
    }

    private static func facts(_ rows: Rows) throws -> ([VariantFacts?], now: Instant) {
        var now = Instant.systemNow
        let facts = try rows.decode { c in
            now = try c.next()
            return try VariantFacts(&c)
        }
        return (facts, now)
    }

    /// Gives a guest's open checkouts to an account.
    func give(to account: ID<Account>, from guest: Bytes) async throws {
        try await db.execute(
            """
            update checkout set account_id = \(account), guest_token_hash = null
            where guest_token_hash = \(guest) and state = 'open' and account_id is null
            """)
    }

    /// Everything of new checkouts and whose they are, as one statement. Arrays are read by
    /// subscript: `unnest` of several makes a temporary table of each.
    static func insertStatement(_ fresh: [FreshCheckout]) -> SQL {
        let checkouts = fresh.map(\.checkout)
        let buyers = fresh.map(\.buyer)
        let totals = checkouts.map(\.totals)
        return """
            with parcels as (
                \(parcelsStatement(checkouts))
            ), lines as (
                \(linesStatement(checkouts))
            )
            insert into checkout (id, account_id, guest_token_hash, email, currency, address,
                items_total, shipping_total, tax_total, tax_included, total, tax_lines,
                tax_instance_id, taxed, expires_at, created_at)
            select (\(checkouts.map(\.id))::uuid[])[n], (\(buyers.map(\.account))::uuid[])[n],
                (\(buyers.map(\.storedTokenHash))::bytea[])[n],
                (\(checkouts.map(\.email))::text[])[n],
                (\(checkouts.map(\.currency))::text[])[n],
                (\(checkouts.map { JSON($0.address) })::jsonb[])[n],
                (\(totals.map(\.items.amount))::bigint[])[n],
                (\(totals.map(\.shipping.amount))::bigint[])[n],
                (\(totals.map(\.tax.amount))::bigint[])[n],
                (\(totals.map(\.taxIncluded.amount))::bigint[])[n],
                (\(totals.map(\.total.amount))::bigint[])[n],
                (\(checkouts.map { JSON($0.taxLines) })::jsonb[])[n],
                (\(checkouts.map(\.taxInstance))::uuid[])[n],
                (\(checkouts.map(\.isTaxed))::boolean[])[n],
                (\(checkouts.map(\.expiresAt))::timestamptz[])[n],
                (\(checkouts.map(\.readAt))::timestamptz[])[n]
            from generate_series(1, \(checkouts.count)::integer) n
            """
    }

    private static func parcelsStatement(_ checkouts: [Checkout]) -> SQL {
        let parcels = checkouts.flatMap(\.parcels)
        let owners = checkouts.flatMap { checkout in checkout.parcels.map { _ in checkout.id } }
        return """
            insert into checkout_parcel (checkout_id, parcel, seller_id, wallet_id, options, chosen,
                shipping_price, shipping_instance_id, quoted, gift_message, deliver_on)
            select (\(owners)::uuid[])[n], (\(parcels.map(\.number))::smallint[])[n],
                (\(parcels.map(\.seller))::uuid[])[n], (\(parcels.map(\.wallet))::uuid[])[n],
                (\(parcels.map { JSON($0.options) })::jsonb[])[n],
                (\(parcels.map(\.chosen))::text[])[n],
                (\(parcels.map(\.chosenOption?.price.amount))::bigint[])[n],
                (\(parcels.map(\.shippingInstance))::uuid[])[n],
                (\(parcels.map(\.isQuoted))::boolean[])[n],
                (\(parcels.map(\.wishes.giftMessage))::text[])[n],
                (\(parcels.map(\.wishes.deliverOn?.description))::date[])[n]
            from generate_series(1, \(parcels.count)::integer) n
            """
    }

    private static func linesStatement(_ checkouts: [Checkout]) -> SQL {
        let parcels = checkouts.flatMap { checkout in checkout.parcels.map { (checkout.id, $0) } }
        let lines = parcels.flatMap { owner, parcel in
            parcel.lines.map { (owner: owner, parcel: parcel.number, thing: $0) }
        }
        let things = lines.map(\.thing)
        let paths = things.map { $0.categoryPath.sqlText }
        return """
            insert into checkout_line (checkout_id, parcel, line, variant_id, listing_id, quantity,
                unit_price, title, sku, options_text, image_hash, grams, category_path, tax_code,
                requires_shipping)
            select (\(lines.map(\.owner))::uuid[])[n], (\(lines.map(\.parcel))::smallint[])[n],
                (\(things.map(\.number))::smallint[])[n], (\(things.map(\.variant))::uuid[])[n],
                (\(things.map(\.listing))::uuid[])[n], (\(things.map(\.quantity))::integer[])[n],
                (\(things.map(\.unitPrice.amount))::bigint[])[n],
                (\(things.map(\.title))::text[])[n], (\(things.map(\.sku))::text[])[n],
                (\(things.map(\.optionsText))::text[])[n],
                (\(things.map(\.imageHash))::bytea[])[n],
                (\(things.map(\.weightGrams))::integer[])[n], (\(paths)::text[])[n]::uuid[],
                (\(things.map(\.taxCode))::text[])[n],
                (\(things.map(\.requiresShipping))::boolean[])[n]
            from generate_series(1, \(things.count)::integer) n
            """
    }

    /// Saves address, e-mail, options, choices, taxes and totals of an open checkout; false when
    /// somebody else changed it since it was read, or it is over.
    func save(_ checkout: Checkout) async throws -> Bool {
        let totals = checkout.totals
        let parcels = checkout.parcels
        return try await db.execute(
            """
            with saved as (
                update checkout set address = \(JSON(checkout.address)),
                    email = \(checkout.email), items_total = \(totals.items.amount),
                    shipping_total = \(totals.shipping.amount), tax_total = \(totals.tax.amount),
                    tax_included = \(totals.taxIncluded.amount), total = \(totals.total.amount),
                    tax_lines = \(JSON(checkout.taxLines)),
                    tax_instance_id = \(checkout.taxInstance), taxed = \(checkout.isTaxed),
                    version = version + 1
                where id = \(checkout.id) and version = \(checkout.version) and state = 'open'
                    and expires_at > market_now()
                returning id
            )
            update checkout_parcel p
            set options = t.options, chosen = t.chosen, shipping_price = t.price,
                shipping_instance_id = t.instance, quoted = t.quoted
            from saved, unnest(\(parcels.map(\.number))::smallint[],
                \(parcels.map { JSON($0.options) })::jsonb[], \(parcels.map(\.chosen))::text[],
                \(parcels.map(\.chosenOption?.price.amount))::bigint[],
                \(parcels.map(\.shippingInstance))::uuid[],
                \(parcels.map(\.isQuoted))::boolean[])
                t(parcel, options, chosen, price, instance, quoted)
            where p.checkout_id = saved.id and p.parcel = t.parcel
            """) > 0
    }
}

extension CheckoutStore {
    /// Keeps what is wished of parcels of an open checkout; false when it is over.
    func save(_ wishes: [Int: ParcelWishes], in id: ID<Checkout>) async throws -> Bool {
        let parcels = wishes.keys.sorted()
        return try await db.execute(
            """
            update checkout_parcel p
            set gift_message = t.message, deliver_on = t.day
            from checkout c, unnest(\(parcels)::smallint[],
                \(parcels.map { wishes[$0]?.giftMessage })::text[],
                \(parcels.map { wishes[$0]?.deliverOn?.description })::date[])
                t(parcel, message, day)
            where p.checkout_id = \(id) and p.parcel = t.parcel and c.id = p.checkout_id
                and c.state = 'open'
            """) == parcels.count
    }
}

extension ParcelWishes {
    init(_ c: inout Columns) throws {
        self.init(
            giftMessage: try c.next(), deliverOn: try c.next(String?.self).flatMap { Day($0) })
    }
}

extension Queryable {
    var checkouts: CheckoutStore { CheckoutStore(db: self) }
}

extension Checkout {
    init(_ c: inout Columns, parcels: Rows, lines: Rows) throws {
        id = try c.next()
        account = try c.next()
        email = try c.next()
        let currency = try c.next(Currency.self)
        self.currency = currency
        address = try c.next(JSON<Address>.self).value
        state = try c.next()
        totals = CheckoutTotals(
            items: Money(try c.next(), currency), shipping: Money(try c.next(), currency),
            tax: Money(try c.next(), currency), taxIncluded: Money(try c.next(), currency),
            total: Money(try c.next(), currency))
        taxLines = try c.next(JSON<[TaxLine]>.self).value
        isTaxed = try c.next()
        taxInstance = try c.next()
        version = try c.next()
        expiresAt = try c.next()
        readAt = try c.next()
        let all = try lines.decode { c in
            (try c.next(Int.self), try CheckoutLine(&c, currency))
        }
        self.parcels = try parcels.decode { c in try CheckoutParcel(&c, lines: all) }
    }
}

extension CheckoutParcel {
    init(_ c: inout Columns, lines all: [(Int, CheckoutLine)]) throws {
        let number = try c.next(Int.self)
        self.number = number
        seller = try c.next()
        sellerName = try c.next()
        sellerSlug = try c.next()
        sellerCountry = try c.next()
        sellerIsOpen = try c.next()
        origin = try c.next(JSON<Address>?.self)?.value
        holdDays = try c.next()
        wallet = try c.next()
        options = try c.next(JSON<[ShippingQuote]>.self).value
        isQuoted = try c.next()
        chosen = try c.next()
        shippingInstance = try c.next()
        wishes = try ParcelWishes(&c)
        lines = all.filter { $0.0 == number }.map(\.1)
    }
}

extension CheckoutLine {
    init(_ c: inout Columns, _ currency: Currency) throws {
        number = try c.next()
        variant = try c.next()
        listing = try c.next()
        quantity = try c.next()
        unitPrice = Money(try c.next(), currency)
        title = try c.next()
        sku = try c.next()
        optionsText = try c.next()
        imageHash = try c.next()
        weightGrams = try c.next()
        categoryPath = try c.next()
        taxCode = try c.next()
        requiresShipping = try c.next()
        isForSale = try c.next()
        total = try unitPrice.multiplied(by: quantity)
    }
}
