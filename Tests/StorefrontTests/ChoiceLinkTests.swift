import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A link to one choice of a thing` {
    /// A print as a sheet, framed, and as a file; of the frames the last one is gone.
    private func prints(_ shop: OpenShop) async throws -> (ID<Listing>, [String: ID<Variant>]) {
        let maker = try await shop.market.given.verifiedSeller()
        func choice(_ name: String, _ price: Int64, stock: Int, isSent: Bool = true)
            -> VariantDraft
        {
            var draft = VariantDraft(
                price: Money(price, .eur), options: [name], onHand: stock, grams: 200)
            draft.requiresShipping = isSent
            return draft
        }
        let made = try await shop.marketplace.createListing(
            ListingDraft(
                title: "Print", optionNames: ["As"],
                variants: [
                    choice("Sheet", 2000, stock: 5), choice("File", 900, stock: 3, isSent: false),
                    choice("Framed", 6000, stock: 0),
                ]), as: maker.member)
        try await shop.marketplace.publishListing(made.listing.id, as: maker.member)
        let named = made.variants.map { ($0.options[0], $0.id) }
        return (made.listing.id, Dictionary(uniqueKeysWithValues: named))
    }

    @Test func `shows its price, its stock and what sending it costs, and has it chosen`()
        async throws
    {
        try await OpenShop.run { shop in
            let (print, choices) = try await prints(shop)
            let file = try #require(choices["File"])
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_country", "AT")

            let plain = try await browser.get("/listings/\(print)").text
            let asked = try await browser.get("/listings/\(print)?variant=\(file)").text

            #expect(plain.contains("data-shown=\"price\" aria-live=\"polite\">from €\u{a0}9.00<"))
            #expect(plain.contains("Sent to Austria for €\u{a0}4.90"))
            #expect(asked.contains("data-shown=\"price\" aria-live=\"polite\">€\u{a0}9.00<"))
            #expect(asked.contains("<small data-shown=\"stock\">3 left</small>"))
            #expect(asked.contains("Nothing has to be sent"))
            #expect(Self.checked(in: asked) == ["\(file)"])
            // What is chosen there stays when another country is looked up.
            #expect(asked.contains("name=\"then\" value=\"/listings/\(print)?variant=\(file)\""))
            // To search engines all choices are one page.
            #expect(asked.contains("/listings/\(print)\">\n<meta property=\"og:site_name\""))
        }
    }

    @Test func `to what is sold out, or was never there, shows what can be had`() async throws {
        try await OpenShop.run { shop in
            let (print, choices) = try await prints(shop)
            let (sheet, framed) = (
                try #require(choices["Sheet"]), try #require(choices["Framed"])
            )
            let browser = Browser(shop.app)

            for variant in ["\(framed)", "\(ID<Variant>())", "nonsense", ""] {
                let page = try await browser.get("/listings/\(print)?variant=\(variant)")
                #expect(page.status == 200)
                #expect(Self.checked(in: page.text) == ["\(sheet)"], "\(variant)")
                #expect(page.text.contains(">from €\u{a0}9.00<"))
            }
        }
    }

    @Test func `stands in the cart and on the page of the purchase`() async throws {
        try await OpenShop.run { shop in
            let (print, choices) = try await prints(shop)
            let sheet = try #require(choices["Sheet"])
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await shop.guestAtPayment([sheet, cup.variant])

            let cart = try await browser.get("/cart").text
            let bought = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase"
            ).text

            for text in [cart, bought] {
                #expect(text.contains("href=\"/listings/\(print)?variant=\(sheet)\""))
                #expect(text.contains("href=\"/listings/\(cup.listing)\""))
            }
        }
    }

    /// The values of the choices that are chosen.
    private static func checked(in page: String) -> [String] {
        page.components(separatedBy: "<input type=\"radio\" name=\"variant\"").dropFirst()
            .map { $0.prefix { $0 != ">" } }.filter { $0.contains(" checked") }
            .compactMap { $0.components(separatedBy: "value=\"").dropFirst().first }
            .map { String($0.prefix { $0 != "\"" }) }
    }
}
