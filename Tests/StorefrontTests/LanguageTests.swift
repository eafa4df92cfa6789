import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `In the visitor's language` {
    struct Said: Sendable {
        let code: String
        let home, buy, price, cart, checkOut, pay, thanks, purchase, wrong, letter: String
    }

    static let languages = [
        Said(
            code: "de", home: "Frisch aus der Werkstatt", buy: "In den Warenkorb",
            price: "1.250,00\u{a0}€", cart: "Ihr Warenkorb", checkOut: "Zur Kasse",
            pay: "Zahlungspflichtig bestellen: 1.254,90\u{a0}€",
            thanks: "Vielen Dank. Ihre Bestellung ist bezahlt.", purchase: "<h1>Einkauf ",
            wrong: "Ort: bitte ausfüllen.",
            letter: "über 1.254,90\u{a0}€ ist bestellt und bezahlt"),
        Said(
            code: "fr", home: "Tout juste sortis de l’atelier", buy: "Ajouter au panier",
            price: "1\u{202f}250,00\u{a0}€", cart: "Votre panier", checkOut: "Passer commande",
            pay: "Commander et payer 1\u{202f}254,90\u{a0}€",
            thanks: "Merci. Votre commande est payée.", purchase: "<h1>Achat ",
            wrong: "Ville\u{a0}: à remplir.",
            letter: "de 1\u{202f}254,90\u{a0}€ est enregistré et payé"),
    ]

    @Test(arguments: languages)
    func `a thing is looked at, bought and followed`(_ said: Said) async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing(
                "Cup", by: try await shop.market.given.verifiedSeller(), price: 125_000)
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_language", said.code)

            let home = try await browser.get("/")
            let thing = try await browser.get("/listings/\(cup.listing)")
            let cart = try await shop.put(cup.variant, browser)
            var address = OpenShop.address
            address["address.city"] = ""
            let refused = try await browser.submit(
                try await browser.get("/checkout"), "/checkout", address)
            let page = try await browser.submit(
                try await browser.get("/checkout"), "/checkout", OpenShop.address)
            let action = try #require(page.checkoutAction)
            let chosen = try await browser.submit(
                page, "\(action)/shipping", ["parcels.0.option": "parcel"])
            let done = try await browser.submit(chosen, "\(action)/purchase")

            for answer in [home, thing, cart, refused, page, chosen, done] {
                #expect(answer.text.contains("<html lang=\"\(said.code)\">"))
                #expect(answer.header("content-language") == said.code)
                #expect(answer.header("vary")?.contains("Accept-Language, Cookie") == true)
            }
            #expect(home.text.contains(said.home))
            #expect(thing.text.contains(said.buy))
            #expect(thing.text.contains(said.price))
            #expect(cart.text.contains(said.cart))
            #expect(cart.text.contains(said.checkOut))
            #expect(refused.text.contains(said.wrong))
            #expect(chosen.text.contains(said.pay))
            #expect(done.text.contains(said.thanks))
            #expect(done.text.contains(said.purchase))

            try await shop.market.tellEverybody()
            while try await shop.marketplace.writeLetters() {}
            let letters = try await shop.marketplace.mails(PageRequest()).items
            #expect(
                letters.first { $0.topic == "purchase.paid" }?.body.contains(said.letter) == true)
        }
    }

    @Test func `nobody else reads it, though a part of the page was kept`() async throws {
        try await OpenShop.run { shop in
            _ = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let german = Browser(shop.app)
            german.setCookie("guildhall_language", "de")

            let first = try await german.get("/")
            let other = try await Browser(shop.app).get("/")
            let again = try await german.get("/")

            #expect(first.text.contains("20,00\u{a0}€"))
            #expect(other.text.contains("<html lang=\"en\">"))
            #expect(other.text.contains("€\u{a0}20.00"))
            #expect(!other.text.contains("20,00"))
            #expect(again.text.contains("20,00\u{a0}€"))
        }
    }

    @Test func `it is chosen at the foot of each page, and kept`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            let cart = try await browser.get("/cart")
            let chosen = try await browser.raw("GET", "/language/fr?then=/cart")
            let after = try await browser.raw(
                "GET", "/cart", headers: [("accept-language", "de")])

            #expect(cart.text.contains("href=\"/language/fr?then=%2Fcart\""))
            #expect(chosen.status == 303)
            #expect(chosen.header("location") == "/cart")
            #expect(after.text.contains("Votre panier"))
            let astray = try await browser.raw("GET", "/language/de?then=//evil.example/")
            #expect(astray.header("location") == "/")
            #expect(try await browser.raw("GET", "/language/es").status == 404)
        }
    }

    @Test func `categories have their names in it, and ratings their comma`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            _ = try await shop.thing("Cup", by: seller)
            try await shop.market.database.execute(
                "update seller set rating_sum = 9, rating_count = 2 where id = \(seller.id)")
            let bowls = try await shop.marketplace.createCategory(
                named: "Bowls", names: CategoryNames(de: "Schalen"), by: nil)
            let browser = Browser(shop.app)
            let maker = try await shop.marketplace.seller(seller.id)

            for (code, name, rating) in [
                ("de", "Schalen", "4,5"), ("fr", "Bowls", "4,5"), ("en", "Bowls", "4.5"),
            ] {
                browser.setCookie("guildhall_language", code)
                let page = try await browser.get("/categories/\(bowls.slug)")
                #expect(page.text.contains("<h1>\(name)</h1>"), "\(code)")
                #expect(try await browser.get("/").text.contains(">\(name)</a>"), "\(code)")
                let makers = try await browser.get("/makers/\(maker.slug)")
                #expect(makers.text.contains(rating), "\(code)")
            }
            func suggested(_ text: String, _ code: String) async throws -> String {
                try await Browser(shop.app).send(
                    "GET", "/api/v1/suggestions?text=\(text)",
                    headers: [("accept-language", code)]
                ).text
            }
            #expect(try await suggested("Schal", "de").contains("\"label\":\"Schalen\""))
            #expect(try await suggested("Bow", "de").contains("\"label\":\"Schalen\""))
            #expect(try await !suggested("Schal", "fr").contains("Schalen"))
            #expect(try await suggested("Bow", "fr").contains("\"label\":\"Bowls\""))
        }
    }

    @Test func `what somebody registered in or chose is what they are written in`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_language", "de")
            try await shop.register(browser, "greta@example.test")
            let account = try #require(
                try await shop.marketplace.account(email: "greta@example.test"))
            #expect(try await shop.marketplace.language(of: account.id) == .german)

            for headers in [
                [], [("sec-fetch-site", "cross-site")], [("sec-fetch-site", "same-site")],
                [("sec-fetch-site", "none")], [("referer", "http://evil.example/shop.test/")],
                [("sec-fetch-site", "cross-site"), ("referer", "http://shop.test/")],
            ] as [[(String, String)]] {
                // A link on somebody else's page changes how this browser reads, at most.
                let followed = try await browser.raw("GET", "/language/fr", headers: headers)
                #expect(followed.status == 303)
                #expect(try await shop.marketplace.language(of: account.id) == .german)
            }
            for (headers, language) in [
                ([("sec-fetch-site", "same-origin")], Language.french),
                ([("referer", "http://shop.test/cart")], .english),
            ] as [([(String, String)], Language)] {
                _ = try await browser.raw(
                    "GET", "/language/\(language.code)", headers: headers)
                #expect(try await shop.marketplace.language(of: account.id) == language)
            }
            _ = try await browser.raw(
                "GET", "/language/fr", headers: [("sec-fetch-site", "same-origin")])

            let program = Browser(shop.app)
            let token = try await shop.token(account)
            func choose(_ code: String) async throws -> Int {
                try await program.send(
                    "PUT", "/api/v1/account/language", ["language": .string(code)], token: token
                ).status
            }
            let known = try await program.send("GET", "/api/v1/account/language", token: token)
            #expect(known.text.contains("\"language\":\"fr\""))
            #expect(try await choose("en") == 200)
            #expect(try await shop.marketplace.language(of: account.id) == .english)
            #expect(try await choose("xx") == 422)
            #expect(try await shop.marketplace.language(of: account.id) == .english)
        }
    }

    @Test func `programs are answered in English`() async throws {
        try await OpenShop.run { shop in
            let answer = try await Browser(shop.app).send(
                "GET", "/api/v1/listings/\(ID<Listing>())", headers: [("accept-language", "de")])

            #expect(answer.status == 404)
            #expect(answer.text.contains("There is no such listing."))
        }
    }
}
