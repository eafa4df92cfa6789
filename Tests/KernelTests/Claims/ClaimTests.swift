import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A guest's purchase` {
    private static let email = "grace@example.test"
    private static let guest = Buyer(guestToken: "a browser's random name")

    private func bought(_ market: TestMarketplace) async throws -> Purchase {
        let kernel = market.marketplace
        let payment = try await market.given.providers()
        let cup = try await market.given.listing("Cup", by: try await market.given.verifiedSeller())
        let checkout = try await kernel.startCheckout(
            [CheckoutItem(variant: cup.variant, quantity: 1)], to: Given.address,
            email: Self.email, as: Self.guest)
        let placed = try await kernel.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: payment, method: "card") { _ in "http://127.0.0.1/" },
            as: Self.guest)
        return placed.purchase
    }

    /// The token of the newest link that was written, as its reader sees it.
    private func token(_ market: TestMarketplace) async throws -> String {
        let letters = try await market.marketplace.mails(PageRequest()).items
        let letter = try #require(letters.first { $0.topic == "purchase.claim-link" })
        #expect(letter.recipient == Self.email)
        let start = try #require(letter.body.firstRange(of: "/claims/"))
        return String(letter.body[start.upperBound...].prefix { !$0.isWhitespace })
    }

    @Test func `goes once into the account of whoever reads the mail of its address`() async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let purchase = try await bought(market)
            let (grace, eve) = (
                try await market.given.account("Grace"), try await market.given.account("Eve")
            )
            try await kernel.sendClaimLink(
                number: purchase.number.lowercased(), email: " Grace@Example.TEST")
            let token = try await token(market)

            #expect(try await kernel.claim(token).number == purchase.number)
            try await kernel.claimPurchase(token, by: grace.id)

            let mine = try await kernel.listPurchases(of: grace.id, PageRequest()).items
            #expect(mine.map(\.id) == [purchase.id])
            // What the browser opened before is the account's alone now.
            await #expect(throws: OrderRefusal.purchaseMissing) {
                try await kernel.findPurchase(purchase.id, as: Self.guest)
            }
            await #expect(throws: ClaimRefusal.over) {
                try await kernel.claimPurchase(token, by: eve.id)
            }
            await #expect(throws: ClaimRefusal.over) { try await kernel.claim(token) }
        }
    }

    @Test func `goes into no account that was closed meanwhile`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let purchase = try await bought(market)
            let grace = try await market.given.account("Grace")
            try await kernel.sendClaimLink(for: purchase.id, as: Self.guest)
            let token = try await token(market)
            try await market.database.execute(
                "update account set state = 'closed' where id = \(grace.id)")

            await #expect(throws: AccountRefusal.unknown) {
                try await kernel.claimPurchase(token, by: grace.id)
            }

            #expect(try await kernel.claim(token).number == purchase.number)
        }
    }

    @Test func `stays whose it is when the link is too old, wrong, or its address changed`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let purchase = try await bought(market)
            let eve = try await market.given.account("Eve")
            try await kernel.sendClaimLink(for: purchase.id, as: Self.guest)
            let token = try await token(market)
            func refused(_ token: String) async {
                await #expect(throws: ClaimRefusal.over) {
                    try await kernel.claimPurchase(token, by: eve.id)
                }
            }

            await refused(token.lowercased())
            await refused("")
            try await market.database.execute(
                "update purchase_claim set expires_at = now() - interval '1 second'")
            await refused(token)
            try await market.database.execute(
                "update purchase_claim set expires_at = now() + interval '1 day'")
            try await market.database.execute(
                "update purchase set email = 'other@example.test'")
            await refused(token)
            #expect(
                try await kernel.findPurchase(purchase.id, as: Self.guest).purchase.account == nil)
        }
    }

    @Test func `is claimed by one of two who open the link at once`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let purchase = try await bought(market)
            try await kernel.sendClaimLink(for: purchase.id, as: Self.guest)
            let token = try await token(market)
            let people = [
                try await market.given.account("Grace"), try await market.given.account("Eve"),
            ]

            let won = await withTaskGroup(of: Int.self) { group in
                for person in people {
                    group.addTask {
                        do {
                            try await kernel.claimPurchase(token, by: person.id)
                            return 1
                        } catch ClaimRefusal.over {
                            return 0
                        } catch {
                            Issue.record(error)
                            return 0
                        }
                    }
                }
                return await group.reduce(0, +)
            }

            #expect(won == 1)
        }
    }

    @Test func `is written of three times an hour at most, and of nobody else's to nobody`()
        async throws
    {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let purchase = try await bought(market)
            let eve = try await market.given.account("Eve")
            func letters() async throws -> Int { try await kernel.mails(PageRequest()).items.count }

            try await kernel.sendClaimLink(number: purchase.number, email: "eve@example.test")
            try await kernel.sendClaimLink(number: "22222222", email: Self.email)
            await #expect(throws: OrderRefusal.purchaseMissing) {
                try await kernel.sendClaimLink(for: purchase.id, as: Buyer(account: eve.id))
            }
            #expect(try await letters() == 0)
            for _ in 0..<3 { try await kernel.sendClaimLink(for: purchase.id, as: Self.guest) }
            await #expect(throws: ClaimRefusal.tooMany) {
                try await kernel.sendClaimLink(for: purchase.id, as: Self.guest)
            }
            try await kernel.sendClaimLink(number: purchase.number, email: Self.email)
            #expect(try await letters() == 3)
        }
    }

    @Test func `does not show the link in the back office of a real market`() async throws {
        try await TestMarketplace.run(
            settings: { $0.isDemo = false }, checkingInvariants: false
        ) { market in
            // Test modules take payments in a demo only: a row is enough here.
            let kernel = market.marketplace
            let purchase = try await kernel.purchaseOfRow(market)
            try await kernel.sendClaimLink(number: purchase, email: Self.email)

            let letter = try #require(try await kernel.mails(PageRequest()).items.first)
            #expect(letter.body.contains("/claims/…"))
        }
    }
}

extension Marketplace {
    /// The number of a purchase that was written by hand.
    fileprivate func purchaseOfRow(_ market: TestMarketplace) async throws -> String {
        let (checkout, hash) = (ID<Checkout>(), "\\x00")
        try await market.database.execute(
            """
            insert into checkout (id, guest_token_hash, email, currency, address, state,
                items_total, total, expires_at)
            values (\(checkout), \(hash)::bytea, 'grace@example.test', 'EUR',
                '{"name": "G", "lines": ["1"], "city": "K", "country": "DE"}', 'placed', 1, 1,
                now())
            """)
        try await market.database.execute(
            """
            insert into purchase (id, number, checkout_id, guest_token_hash, email, currency,
                address, total, expires_at)
            select \(ID<Purchase>()), 'ABCDEFGH', id, guest_token_hash, email, currency, address,
                total, now() from checkout
            """)
        return "ABCDEFGH"
    }
}
