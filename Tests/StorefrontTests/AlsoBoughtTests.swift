import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `What a thing's page shows as bought together with it` {
    /// The cards below the headline, by their titles; nil without the headline.
    private static func together(_ page: WebAnswer) -> [String]? {
        let parts = page.text.components(separatedBy: "<h2>Bought together with it</h2>")
        guard parts.count == 2, let list = parts[1].components(separatedBy: "<h2").first else {
            return nil
        }
        return list.components(separatedBy: "<h3>").dropFirst().map { card in
            String(card.prefix { $0 != "<" })
        }
    }

    private func buy(_ variants: ID<Variant>..., in shop: OpenShop) async throws {
        let customer = try await shop.market.given.account("Grace")
        let buyer = Buyer(account: customer.id)
        let checkout = try await shop.marketplace.startCheckout(
            variants.map { CheckoutItem(variant: $0, quantity: 1) }, to: Given.address,
            email: customer.email, as: buyer)
        _ = try await shop.marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: shop.payment, method: "card") { _ in
                "http://127.0.0.1/"
            }, as: buyer)
    }

    @Test func `was really paid in one purchase with it, the most frequent first`() async throws {
        try await OpenShop.run { shop in
            let (clay, wood) = (
                try await shop.market.given.verifiedSeller("Clay"),
                try await shop.market.given.verifiedSeller("Wood")
            )
            let cup = try await shop.thing("Cup", by: clay)
            let spoon = try await shop.thing("Spoon", by: wood)
            let saucer = try await shop.thing("Saucer", by: clay)
            let declined = try await shop.thing("Declined", by: wood)
            let alone = try await shop.thing("Alone", by: wood)
            let browser = Browser(shop.app)
            let path = "/listings/\(cup.listing)"
            #expect(try await Self.together(browser.get(path)) == nil)

            try await buy(cup.variant, spoon.variant, in: shop)
            try await buy(cup.variant, saucer.variant, in: shop)
            try await buy(saucer.variant, cup.variant, in: shop)
            try await buy(alone.variant, in: shop)
            shop.bank.fail(.declined)
            try await buy(cup.variant, declined.variant, in: shop)

            #expect(try await Self.together(browser.get(path)) == ["Saucer", "Spoon"])
            // Not the things that were bought with those.
            let other = try await browser.get("/listings/\(spoon.listing)")
            #expect(Self.together(other) == ["Cup"])
            let lonely = try await browser.get("/listings/\(alone.listing)")
            #expect(Self.together(lonely) == nil)
        }
    }

    @Test func `can still be had: not what is gone, sold out, or a suspended maker's`()
        async throws
    {
        try await OpenShop.run { shop in
            let (clay, wood) = (
                try await shop.market.given.verifiedSeller("Clay"),
                try await shop.market.given.verifiedSeller("Wood")
            )
            let cup = try await shop.thing("Cup", by: clay)
            let gone = try await shop.thing("Gone", by: clay)
            let last = try await shop.thing("Last", by: clay, stock: 2)
            let spoon = try await shop.thing("Spoon", by: wood)
            let path = "/listings/\(cup.listing)"
            try await buy(
                cup.variant, gone.variant, last.variant, spoon.variant, in: shop)
            let browser = Browser(shop.app)
            let all = Self.together(try await browser.get(path)) ?? []
            #expect(Set(all) == ["Gone", "Last", "Spoon"])

            try await shop.marketplace.unpublishListing(gone.listing, as: clay.member)
            let left = Self.together(try await browser.get(path)) ?? []
            #expect(Set(left) == ["Last", "Spoon"])
            try await buy(last.variant, in: shop)
            #expect(try await Self.together(browser.get(path)) == ["Spoon"])
            let admin = try await shop.market.given.administrator()
            try await shop.marketplace.suspendSeller(
                wood.id, reason: "Complaints are looked at.", by: admin.id)
            #expect(try await Self.together(browser.get(path)) == nil)
        }
    }

    @Test func `is what can be had, however many that are gone were bought more often`()
        async throws
    {
        try await OpenShop.run { shop in
            let clay = try await shop.market.given.verifiedSeller("Clay")
            let cup = try await shop.thing("Cup", by: clay, stock: 9)
            let saucer = try await shop.thing("Saucer", by: clay)
            try await buy(cup.variant, saucer.variant, in: shop)
            for number in 1...4 {
                let gone = try await shop.thing("Gone \(number)", by: clay)
                try await buy(cup.variant, gone.variant, in: shop)
                try await shop.marketplace.unpublishListing(gone.listing, as: clay.member)
            }

            let page = try await Browser(shop.app).get("/listings/\(cup.listing)")

            #expect(Self.together(page) == ["Saucer"])
        }
    }

    @Test func `is four things at the most`() async throws {
        try await OpenShop.run { shop in
            let clay = try await shop.market.given.verifiedSeller("Clay")
            let cup = try await shop.thing("Cup", by: clay, stock: 9)
            for number in 1...6 {
                let other = try await shop.thing("Other \(number)", by: clay)
                try await buy(cup.variant, other.variant, in: shop)
            }

            let page = try await Browser(shop.app).get("/listings/\(cup.listing)")

            // Equally often: the newest.
            #expect(
                Self.together(page) == ["Other 6", "Other 5", "Other 4", "Other 3"])
        }
    }
}
