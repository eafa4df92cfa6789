import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// Between looking at the checkout and pressing its button, what it comes to has changed.
@Suite struct `A total that changed meanwhile` {
    private static let message = "Happy birthday, Ada"
    private static let day = "2027-06-01"

    /// A guest about to pay for a cup, with words, a day and the second way to pay chosen.
    private func typed(_ shop: OpenShop) -> [String: String] {
        [
            "wishes.0.giftMessage": Self.message, "wishes.0.deliverOn": Self.day,
            "way": "\(shop.payment) redirect",
        ]
    }

    /// Whether all that was typed and chosen stands on the page, and one click orders it.
    private func isAllThere(_ page: WebAnswer, _ shop: OpenShop, _ total: String) -> Bool {
        page.text.contains(Self.message) && page.text.contains("value=\"\(Self.day)\"")
            && page.text.contains("value=\"\(shop.payment) redirect\" checked")
            && page.text.contains("Order and pay €\u{a0}\(total)")
    }

    private func run(_ body: (OpenShop, Browser, ID<Variant>) async throws -> Void) async throws {
        try await OpenShop.run { shop in
            // So that the day is still to come, and no more than a year away.
            try await shop.market.database.execute(
                """
                update market_clock
                set shift = shift + ('2027-01-01T00:00:00Z'::timestamptz - market_now())
                """)
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            _ = try await shop.put(cup.variant, browser)
            try await body(shop, browser, cup.variant)
        }
    }

    @Test func `is told with what changed of it, and one click goes on with all that was typed`()
        async throws
    {
        try await run { shop, browser, cup in
            let page = try await browser.get("/checkout")
            try await shop.market.database.execute(
                "update variant set price = 2100 where id = \(cup)")

            let changed = try await browser.submit(
                page, "/checkout",
                OpenShop.address.merging(typed(shop)) { $1 }.merging([
                    "pays": "true", "parcels.0.option": "parcel",
                ]) { $1 })
            #expect(
                changed.text.contains("The total was €\u{a0}20.00 and is now €\u{a0}25.90. "))
            #expect(changed.text.contains("Things: €\u{a0}21.00 instead of €\u{a0}20.00."))
            #expect(changed.text.contains("Shipping: €\u{a0}4.90 instead of €\u{a0}0.00."))
            #expect(!changed.text.contains("Taxes: "))
            #expect(isAllThere(changed, shop, "25.90"))
            #expect(shop.bank.payments.isEmpty)

            let paid = try await browser.submitOnce(
                changed, "\(try #require(changed.checkoutAction))/purchase")
            // The way that was chosen leads to the provider's page.
            #expect(paid.header("location")?.hasPrefix("http") == true)
            #expect(shop.bank.payments.count == 1)
        }
    }

    @Test func `keeps all of it also where things are held already, however often`() async throws {
        try await run { shop, browser, _ in
            let held = try await browser.submit(
                try await browser.get("/checkout"), "/checkout", OpenShop.address)
            let action = try #require(held.checkoutAction)

            let dearer = try await browser.submit(
                held, "\(action)/purchase",
                typed(shop).merging(["parcels.0.option": "parcel"]) { $1 }
            )
            #expect(dearer.text.contains("was €\u{a0}20.00 and is now €\u{a0}24.90."))
            #expect(isAllThere(dearer, shop, "24.90"))

            // In another tab somebody chooses otherwise.
            _ = try await browser.submit(
                try await browser.get(action), "\(action)/shipping", ["parcels.0.option": "pickup"])
            let fields = try #require(HTMLForm.fields(of: "\(action)/purchase", in: dearer.text))
            let cheaper = try await browser.submit(
                dearer, "\(action)/purchase",
                Dictionary(fields) { first, _ in first }.filter { $0.key.hasPrefix("wishes") }
                    .merging(["parcels.0.option": "pickup"]) { $1 })
            #expect(cheaper.text.contains("was €\u{a0}24.90 and is now €\u{a0}20.00."))
            #expect(isAllThere(cheaper, shop, "20.00"))
            #expect(shop.bank.payments.isEmpty)
        }
    }

    @Test func `and shipping that is only looked at keep the way to pay that was chosen`()
        async throws
    {
        try await run { shop, browser, _ in
            let looked = try await browser.submit(
                try await browser.get("/checkout"), "/checkout",
                OpenShop.address.merging(typed(shop)) { $1 })
            #expect(isAllThere(looked, shop, "20.00"))

            let action = try #require(looked.checkoutAction)
            let chosen = try await browser.submit(
                looked, "\(action)/shipping", ["parcels.0.option": "parcel"])
            #expect(chosen.text.contains("Shipping is chosen."))
            #expect(isAllThere(chosen, shop, "24.90"))
            // What nobody offers is not chosen.
            let other = try await browser.get("\(action)?way=nonsense")
            #expect(other.status == 200 && !other.text.contains("redirect\" checked"))
        }
    }

    @Test func `is told in German and French`() async throws {
        try await run { shop, browser, cup in
            for (language, words) in [
                ("de", "Der Gesamtbetrag war 20,00\u{a0}€ und ist jetzt 21,00\u{a0}€."),
                ("fr", "Le total était de 21,00\u{a0}€ et il est maintenant de 22,00\u{a0}€."),
            ] {
                browser.setCookie("guildhall_language", language)
                let page = try await browser.get("/checkout")
                try await shop.market.database.execute(
                    "update variant set price = price + 100 where id = \(cup)")
                let changed = try await browser.submit(
                    page, "/checkout", OpenShop.address.merging(["pays": "true"]) { $1 })
                #expect(changed.text.contains(words), "\(language)")
            }
        }
    }
}
