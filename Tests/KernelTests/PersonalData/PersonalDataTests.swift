import Foundation
import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `One's own data` {
    private static let password = "correct horse battery"
    private static let email = "ada.lovelace@example.test"
    private static let address = Address(
        name: "Ada Lovelace", lines: ["St James's Square 12"], city: "Marylebone",
        postalCode: "W1U3AD", country: "GB", phone: "+44207946000")
    /// What tells who it was, wherever it stands.
    private static let traces = [
        email, "Lovelace", "James's Square", "Marylebone", "W1U3AD", "207946000",
        "words of mine", "reason of mine",
    ]

    /// Somebody who did everything that a customer can do, all of it settled.
    private func ada(_ market: TestMarketplace) async throws -> Account {
        let kernel = market.marketplace
        let ada = try await kernel.register(
            Registration(email: Self.email, name: "Ada Lovelace", password: Self.password))
        let payment = try await market.given.providers()
        let seller = try await market.given.verifiedSeller()
        let cup = try await market.given.listing("Cup", by: seller, stock: 9)
        let buyer = Buyer(account: ada.id)
        try await kernel.keepAddress(Self.address, of: ada.id)
        try await kernel.wish(for: cup.id, by: ada.id)
        try await kernel.chooseMail([], of: ada.id)
        _ = try await kernel.createAccessToken(named: "Ada Lovelace's", for: .customer, of: ada.id)
        func order() async throws -> OrderDetail {
            let checkout = try await kernel.startCheckout(
                [CheckoutItem(variant: cup.variant, quantity: 1)], to: Self.address,
                email: Self.email, as: buyer)
            let placed = try await kernel.placePurchase(
                checkout.id, expecting: checkout.totals.total,
                paying: PaymentChoice(instance: payment, method: "card") { _ in
                    "http://127.0.0.1/"
                }, as: buyer)
            return try #require(
                try await kernel.findPurchase(placed.purchase.id, as: buyer).orders.first)
        }
        let first = try await order()
        try await kernel.shipOrder(
            first.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
        _ = try await kernel.confirmDelivery(first.order.id, as: buyer)
        _ = try await kernel.review(
            first.lines[0].id, ReviewDraft(stars: 5, body: "words of mine"), by: ada.id)
        try await kernel.cancelOrder(
            try await order().order.id, reason: "reason of mine", as: .customer(buyer))
        _ = try await kernel.startCheckout(
            [CheckoutItem(variant: cup.variant, quantity: 1)], to: Self.address,
            email: Self.email, as: buyer)
        while try await kernel.settlePayments() > 0 {}
        try await market.tellEverybody()
        while try await kernel.writeLetters() {}
        return ada
    }

    /// Every row of every table that holds one of the traces.
    private func found(_ database: Database) async throws -> [String] {
        let tables = try await database.query(
            """
            select table_name from information_schema.tables
            where table_schema = 'public' and table_type = 'BASE TABLE' order by 1
            """
        ).decode { c in try c.next(String.self) }
        var found: [String] = []
        for table in tables {
            for trace in Self.traces {
                // A statement takes no table's name but in its text.
                let rows = try await database.query(
                    """
                    select query_to_xml(format(
                        'select 1 from %I t where strpos(t::text, %L) > 0 limit 1',
                        \(table)::text, \(trace)::text), false, false, '')::text
                    """
                ).decode { c in try c.next(String.self) }
                if rows.contains(where: { $0.contains("<row>") }) {
                    found.append("\(table): \(trace)")
                }
            }
        }
        return found
    }

    @Test func `is one file with all that the tables hold`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await ada(market)

            let data = try await market.marketplace.personalData(of: ada.id)
            let text = String(decoding: data.json, as: UTF8.self)
            let object = try #require(
                try JSONSerialization.jsonObject(with: Data(data.json)) as? [String: Any])

            for trace in Self.traces { #expect(text.contains(trace), "\(trace)") }
            func count(_ name: String) -> Int { (object[name] as? [Any])?.count ?? -1 }
            #expect(count("addresses") == 1)
            #expect(count("purchases") == 2)
            #expect(count("checkouts") == 1)
            #expect(count("reviews") == 1)
            #expect(count("wishes") == 1)
            #expect(count("tokens") == 1)
            #expect(count("letters") > 1)
            #expect(count("acts") > 0)
            #expect(!text.contains("hash\""))
        }
    }

    @Test func `is erased from what the market wrote at the orders by itself`() async throws {
        try await TestMarketplace.run { market in
            let ada = try await ada(market)
            try await market.database.execute(
                """
                insert into order_event (order_id, kind, note)
                select id, 'capture-failed', 'the card of Ada Lovelace was refused' from orders
                """)

            try await market.marketplace.eraseAccount(ada.id, password: Self.password)

            let left = try await market.database.query(
                "select note from order_event where strpos(note, 'Lovelace') > 0")
            #expect(left.isEmpty)
        }
    }

    @Test func `tells nothing of anybody else`() async throws {
        try await TestMarketplace.run { market in
            _ = try await ada(market)
            let eve = try await market.given.account("Eve")

            let data = try await market.marketplace.personalData(of: eve.id)
            let text = String(decoding: data.json, as: UTF8.self)

            for trace in Self.traces { #expect(!text.contains(trace), "\(trace)") }
        }
    }

    @Test func `is not what was written to a guest of the same address`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            try await market.database.execute(
                """
                insert into mail (id, topic, recipient, subject, body, message, state)
                values (\(ID<Mail>()), 'purchase.claim-link', \(Self.email), 'Yours',
                    'the link of a guest', 'x', 'kept')
                """)
            let mallory = try await kernel.register(
                Registration(email: Self.email, name: "Mallory", password: Self.password))

            let data = try await kernel.personalData(of: mallory.id)
            #expect(!String(decoding: data.json, as: UTF8.self).contains("the link of a guest"))
            try await kernel.eraseAccount(mallory.id, password: Self.password)
            #expect(try await kernel.mails(PageRequest()).items.count == 1)
        }
    }

    @Test func `is in no table any more once it is erased, and the books stay`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            #expect(try await !found(market.database).isEmpty)

            try await kernel.eraseAccount(ada.id, password: Self.password)

            let left = try await found(market.database)
            #expect(left.isEmpty, "\(left)")
            let purchases = try await market.database.query(
                "select address ->> 'country' from purchase where account_id = \(ada.id)"
            ).decode { c in try c.next(String.self) }
            #expect(purchases == ["GB", "GB"])
            let stars = try await market.database.query("select stars from review")
                .decode { c in try c.next(Int.self) }
            #expect(stars == [5])
            await #expect(throws: AccountRefusal.signInFailed) {
                try await kernel.signIn(email: Self.email, password: Self.password)
            }
            // The address is free again.
            _ = try await kernel.register(
                Registration(email: Self.email, name: "Ada", password: Self.password))
        }
    }

    @Test func `is not erased without the password, nor while something is open`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let ada = try await ada(market)
            let seller = try await market.given.verifiedSeller()

            await #expect(throws: AccountRefusal.passwordWrong) {
                try await kernel.eraseAccount(ada.id, password: "not the password")
            }
            try await kernel.addMember(email: Self.email, role: .support, as: seller.member)
            await #expect(throws: ErasureRefusal.worksForShop) {
                try await kernel.eraseAccount(ada.id, password: Self.password)
            }
            try await kernel.removeMember(ada.id, as: seller.member)
            try await market.database.execute(
                "update orders set state = 'shipped' where state = 'delivered'")
            #expect(try await kernel.erasureObstacles(of: ada.id) == [.openOrders])
            await #expect(throws: ErasureRefusal.openOrders) {
                try await kernel.eraseAccount(ada.id, password: Self.password)
            }
            try await market.database.execute(
                "update orders set state = 'delivered' where state = 'shipped'")
            try await kernel.grant(.support, toEmail: Self.email, by: nil)
            await #expect(throws: ErasureRefusal.administers) {
                try await kernel.eraseAccount(ada.id, password: Self.password)
            }
        }
    }

    /// Tables that name an account and are not in its file, each with the reason.
    private static let elsewhere: [String: String] = [
        "account_role": "in the part of the account",
        "mail_refusal": "in the part of the account", "second_factor": "the same",
        "recovery_code": "only hashes", "password_reset": "only hashes",
        "email_change": "addresses that the account has, had, or never proved to be its own",
        "purchase_claim": "only hashes, and the purchase is there",
        "outbox_event": "what people are told of it are their notices",
        "media": "within the review; what no review shows is forgotten in a day",
        "audit_log": "what was done on behalf was done in a visit, and those are there",
        "order_event": "within the purchase", "refund": "within the purchase",
    ]
    /// Where an account is somebody who works here: what they do is in the trail, with its acts.
    private static let actors: Set<String> = [
        "actor_id", "reviewed_by", "created_by", "changed_by", "frozen_by", "lifted_by", "made_by",
        "approved_by", "settled_by", "asked_by", "read_by", "ran_by", "confirmed_by",
        "recorded_by", "requested_by", "used_by", "picked_by", "ticked_by",
        "administrator_id",
    ]

    @Test func `has a part for every table that names a person`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let columns = try await market.database.query(
                """
                select c.conrelid::regclass::text, a.attname::text
                from pg_constraint c
                join pg_attribute a on a.attrelid = c.conrelid and a.attnum = any(c.conkey)
                where c.contype = 'f' and c.confrelid = 'account'::regclass
                """
            ).decode { c in (table: try c.next(String.self), column: try c.next(String.self)) }
            let parts: [String: String] = [
                "saved_address": "addresses", "access_token": "tokens", "checkout": "checkouts",
                "purchase": "purchases", "review": "reviews", "seller_rating": "ratings",
                "wish": "wishes", "notification": "notices", "seller_member": "shops",
                "impersonation": "supportVisits",
            ]
            #expect(columns.count > 10)
            for column in columns where !Self.actors.contains(column.column) {
                #expect(
                    parts[column.table] != nil || Self.elsewhere[column.table] != nil,
                    "\(column.table).\(column.column): put it into the personal data")
            }
        }
    }
}
