import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A market in which something of everything has happened, so that its pages have something to
/// show: a shop and a customer who wrote into all that they can write into, and every write of the
/// back office.
struct WrittenMarket: Sendable {
    let office: Office
    let customer: Account
    let seller: GivenSeller
    let listing: ID<Listing>
    let variant: ID<Variant>
    let checkout: ID<Checkout>
    let provider: ID<ProviderInstance>
    let purchases: [ID<Purchase>]

    var market: TestMarketplace { office.market }

    static func run(_ body: @escaping @Sendable (WrittenMarket) async throws -> Void) async throws {
        // What is overwritten afterwards no longer fits what was summed up of it.
        try await Office.run(checkingInvariants: false) { office in
            let payment = try await office.market.given.providers()
            let writing = try await Writing(office.market, payment)
            let market = try await writing.write(office)
            // Rules of the back office's writes would leave no way for it later.
            _ = try await OpenPayment(office.market)
            let scene = try await Scene(office)
            for policy in office.app.policies where policy.pattern.hasPrefix("/api/v1") {
                let route = "\(policy.method) \(policy.pattern.dropFirst(7))"
                guard let prepare = `The trail of the back office`.cases[route] else { continue }
                let (path, body) = try await prepare(scene)
                _ = try await scene.send(policy.method, path, body)
            }
            _ = try await scene.rule(isDraft: true)
            _ = try await scene.deadJob()
            try await market.add()
            try await office.market.tellEverybody()
            while try await office.market.marketplace.writeLetters() {}
            try await body(market)
        }
    }

    private func somePayment() async throws -> ID<Payment> {
        try #require(
            try await market.database.query("select id from payment limit 1").decode { c in
                try c.next(ID<Payment>.self)
            }.first)
    }

    /// Rows of what would need a bank, a provider or another process.
    private func add() async throws {
        let payment = try await somePayment()
        let invoice = try await market.given.invoice(of: seller)
        let accounts = try await market.given.instance(ofPayments: "test-accounts")
        // It is what forms ask for that want to know who is there.
        let other = try await market.marketplace.register(
            Registration(
                email: "other@example.test", name: "Another", password: LookingOn.password))
        let (file, report) = (ID<PayoutFileBatch>(), ID<BankReportRun>())
        try await market.storage.tamper([
            """
            insert into payout_file (id, instance_id, currency, transfers, total, name,
                media_type, content)
            select \(file)::uuid, instance_id, 'EUR', 1, 100, 'pain.xml', 'application/xml', 'x'
            from payment where id = \(payment)
            """,
            "update payout set file_id = \(file)",
            """
            insert into bank_report (id, instance_id, format, message, sha256, settled, wrong,
                unknown, findings)
            select \(report)::uuid, instance_id, 'pain.002', 'Message', sha256('x'::bytea), 0, 0, 1,
                '[{"reference": "E-1", "outcome": "returned", "reason": "AC04 Closed",
                    "result": "unknown"}]'
            from payment where id = \(payment)
            """,
            """
            insert into dispute (id, payment_id, instance_id, reference, status, currency, amount,
                withdrawn, fee, reason, version)
            select gen_random_uuid(), id, instance_id, 'du_' || id, 'needs_response', 'EUR', 100,
                0, 0, 'not received', 1
            from payment where captured > 0 order by created_at limit 3
            """,
            """
            insert into payout_account (id, seller_id, instance_id, reference, restriction)
            values (gen_random_uuid(), \(seller.id), \(accounts), 'acct_1',
                'Something is missing.')
            """,
            """
            insert into payout_reversal (id, payout_id, reason, state, failure, settled_at)
            select gen_random_uuid(), id, 'By mistake', 'failed', 'It is gone.', now()
            from payout limit 1
            """,
            """
            insert into invoice_payment (id, invoice_id, instance_id, amount, currency, reference)
            select gen_random_uuid(), \(invoice)::uuid, instance_id, 1, 'EUR', 'RF18'
            from payment where id = \(payment)
            """,
            """
            insert into process_beat (machine, name, pid, started_at, seen_at, build)
            values ('here', 'storefront', 1, now(), now() + interval '1 hour',
                'm0001 of 2026-11-22 06:10')
            """,
            """
            update refund set failure = 'The card is closed.'
            where id in (select id from refund limit 1)
            """,
            """
            insert into reconciliation (instance_id, day, matched, unmatched, faults)
            select instance_id, '2026-01-01', 0, 1, '[{"side": "provider", "kind": "charge",
                "reference": "ch_1", "keys": [], "entries": ["en_1"], "cause": "Nobody knows."}]'
            from payment where id = \(payment)
            """,
            """
            update account set password_hash = other.password_hash
            from account other where other.id = \(other.id)
            """,
            "update checkout set expires_at = now() + interval '200 days' where id = \(checkout)",
            "update payout set failure = 'No such account.', reference = 'po_' || id",
        ])
    }
}

/// A shop and its customer, in the course of five purchases.
private struct Writing {
    let kernel: Marketplace
    let given: Given
    let payment: ID<ProviderInstance>
    let seller: GivenSeller
    let customer: Account
    let thing: ListingDetails

    private var member: SellerMember { seller.member }
    private var buyer: Buyer { Buyer(account: customer.id) }
    private let address = Address(
        name: "Grace Customer", lines: ["Hauptstraße 5", "At the back"], city: "Köln",
        region: "Rhineland", postalCode: "50667", country: "DE")

    init(_ market: TestMarketplace, _ payment: ID<ProviderInstance>) async throws {
        (kernel, given) = (market.marketplace, market.given)
        self.payment = payment
        seller = try await given.verifiedSeller("Clay & Kiln")
        customer = try await given.account("Grace Customer")
        let category = try await kernel.createCategory(
            named: "Bowls", names: CategoryNames(de: "Schalen", fr: "Bols"), by: nil)
        let glaze = try await kernel.createAttribute(
            AttributeDraft(name: "Glaze", names: CategoryNames(de: "Glasur", fr: "Vernis")),
            kind: .choice, in: category.id, by: nil)
        _ = try await kernel.addAttributeValue(
            AttributeValueDraft(name: "Raku", names: CategoryNames(de: "Rakubrand")), to: glaze.id,
            by: nil)
        _ = try await kernel.createAttribute(
            AttributeDraft(name: "Height", unit: "cm", least: 1, most: 99), kind: .number,
            in: category.id, by: nil)
        var draft = ListingDraft(
            title: "Bowl", description: "Deep.\nBlue.", category: category.id,
            productType: "Bowl", tags: ["blue", "deep"], optionNames: ["Size"],
            variants: ["Small", "Large"].map {
                VariantDraft(price: Money(1900, .eur), options: [$0], sku: "B-\($0)", onHand: 40)
            })
        draft.attributes = [
            ListingAttribute("glaze", values: ["raku"]), ListingAttribute("height", number: 12),
        ]
        thing = try await kernel.createListing(draft, as: seller.member)
    }

    func write(_ office: Office) async throws -> WrittenMarket {
        try await openShop()
        let orders = try await trade()
        try await kernel.moveClock(by: .seconds(8 * 86_400), as: nil)
        _ = try await kernel.runPayouts()
        let open = try await startCheckout()
        return WrittenMarket(
            office: office, customer: customer, seller: seller, listing: thing.listing.id,
            variant: try #require(thing.variants.first).id, checkout: open.id, provider: payment,
            purchases: orders.map(\.order.purchase))
    }

    private func openShop() async throws {
        let listing = thing.listing.id
        _ = try await kernel.addImage(
            MarketSide.picture, alt: "A bowl", to: listing, as: member)
        try await kernel.publishListing(listing, as: member)
        _ = try await kernel.setPolicies("Sent back within a month.", as: member)
        let now = try await kernel.marketNow()
        _ = try await kernel.setHoliday(
            from: now.advanced(days: 1), until: now.advanced(days: 90), note: "At the sea",
            staysOpen: true, as: member)
        _ = try await kernel.addWallet(
            WalletDraft(
                kind: .platformBalance, label: "House bank",
                details: WalletDetails(holder: "Clay", iban: "DE89370400440532013000")),
            as: member)
        _ = try await kernel.addDocument(
            .identity, fileName: "passport.png", bytes: MarketSide.picture, as: member)
        _ = try await kernel.createShippingProfile(
            ShippingProfileDraft(name: "Letters", handlingDays: 1, zones: []), as: member)
        _ = try await kernel.createAccessToken(
            named: "Stock script", for: .seller, of: seller.owner.id)
        let colleague = try await given.account("A colleague")
        try await kernel.addMember(email: colleague.email, role: .support, as: member)
        _ = try await kernel.keepAddress(address, of: customer.id)
        try await kernel.wish(for: listing, by: customer.id)
    }

    private func startCheckout() async throws -> Checkout {
        let checkout = try await kernel.startCheckout(
            [CheckoutItem(variant: try #require(thing.variants.first).id, quantity: 1)],
            to: address, email: customer.email, as: buyer)
        return try await kernel.wish(
            [
                WantedWishes(
                    parcel: checkout.parcels[0].number, giftMessage: "Happy birthday!",
                    deliverOn: nil)
            ],
            of: checkout.id, as: buyer)
    }

    private func trade() async throws -> [OrderDetail] {
        var orders: [OrderDetail] = []
        for _ in 0..<5 {
            let checkout = try await startCheckout()
            let placed = try await kernel.placePurchase(
                checkout.id, expecting: checkout.totals.total,
                paying: PaymentChoice(instance: payment, method: "card") { _ in
                    "http://127.0.0.1/"
                }, as: buyer)
            let detail = try await kernel.findPurchase(placed.purchase.id, as: buyer)
            orders.append(try #require(detail.orders.first))
        }
        let ids = orders.map(\.order.id)
        try await kernel.cancelOrder(ids[1], reason: "The kiln broke.", as: .seller(member))
        try await kernel.cancelOrder(ids[2], reason: "Too blue.", as: .customer(buyer))
        for id in [ids[0], ids[3]] {
            try await kernel.shipOrder(
                id,
                in: try ShippedParcel(
                    carrier: "Parcel Post", trackingNumber: "GH-1",
                    trackingURL: "https://example.com/track"), as: member)
            _ = try await kernel.confirmDelivery(id, as: buyer)
        }
        _ = try await kernel.refundOrder(ids[3], reason: "Chipped.", as: .seller(member))
        let review = try await kernel.review(
            orders[0].lines[0].id, ReviewDraft(stars: 4, body: "Lovely."), by: customer.id)
        try await kernel.reply(to: review.id, "Thank you!", as: member)
        let rating = try await kernel.rateSeller(
            for: ids[0], ReviewDraft(stars: 4, body: "Well packed."), by: customer.id)
        try await kernel.reply(to: rating.id, "Gladly.", as: member)
        return orders
    }
}
