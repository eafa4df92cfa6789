import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Whoever hears a page instead of seeing it` {
    @Test(arguments: [
        ("en", "4.5 of 5 stars from 2 customers"), ("de", "4,5 von 5 Sternen aus 2 Bewertungen"),
        ("fr", "4,5 étoiles sur 5, 2 avis"),
    ])
    func `is told what a star and two figures say`(language: String, words: String) async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: maker)
            let admin = try await shop.market.given.account("Ada").id
            try await shop.marketplace.pick(maker.id, true, by: admin)
            try await shop.market.database.execute(
                "update listing set rating_sum = 9, rating_count = 2, version = version + 1")
            try await shop.market.database.execute(
                "update seller set rating_sum = 9, rating_count = 2")
            let slug = try await shop.marketplace.seller(maker.id).slug
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_language", language)

            let home = try await browser.get("/").text
            for page in [
                home, try await browser.get("/search?text=cup").text,
                try await browser.get("/makers/\(slug)").text,
                try await browser.get("/listings/\(cup.listing)").text,
            ] {
                let said = page.components(separatedBy: "<span class=\"unseen\">\(words)</span>")
                // The star and its figure by themselves are for the eye.
                let figures = page.components(separatedBy: "<span class=\"stars\">★</span>")
                #expect(said.count > 1 && said.count == figures.count, "each is said")
                for before in figures.dropLast() {
                    #expect(before.hasSuffix("<span aria-hidden=\"true\">"))
                }
            }
            // The thing's card and the maker's.
            #expect(home.components(separatedBy: words).count == 3)
        }
    }

    @Test func `is told that a price is the one from before`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            var cheaper = VariantDraft(price: Money(2000, .eur), onHand: 5, grams: 400)
            cheaper.compareAt = Money(2500, .eur)
            let made = try await shop.marketplace.createListing(
                ListingDraft(title: "Cup", variants: [cheaper]), as: maker.member)
            try await shop.marketplace.publishListing(made.listing.id, as: maker.member)

            let page = try await Browser(shop.app).get("/listings/\(made.listing.id)").text

            #expect(page.contains("<span class=\"unseen\">instead of </span>€\u{a0}25.00</s>"))
        }
    }

    @Test func `hears first of all that a form was not taken`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            let form = try await browser.get("/register")

            let refused = try await browser.submit(
                form, "/register",
                ["name": "Grace", "email": "grace@example.test", "password": "short"])

            #expect(form.text.contains("<title>Create an account · Guildhall</title>"))
            #expect(refused.status == 422)
            #expect(refused.text.contains("<title>Error: Create an account · Guildhall</title>"))
            browser.setCookie("guildhall_language", "de")
            let fehler = try await browser.submit(
                refused, "/register",
                ["name": "Grace", "email": "grace@example.test", "password": "short"])
            #expect(fehler.text.contains("<title>Fehler: "))
            // What is only not there is no error of whoever asked.
            for path in ["/nowhere", "/purchases/\(ID<Purchase>())"] {
                #expect(try await !browser.get(path).text.contains("<title>Fehler"))
            }
        }
    }
}
