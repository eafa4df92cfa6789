import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Before anybody checks out` {
    @Test func `a thing says what sending it to one's country costs`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let path = "/listings/\(cup.listing)"

            let unasked = try await browser.get(path)
            #expect(unasked.text.contains("Where shall it go?"))
            let page = try await browser.submit(unasked, "/country", ["country": "AT"])
            #expect(page.text.contains("Sent to Austria for €\u{a0}4.90, 1 to 3 days"))
            let cart = try await shop.put(cup.variant, browser)
            #expect(cart.text.contains("Sent to Austria for €\u{a0}4.90"))
            let checkout = try await browser.get("/checkout")
            #expect(checkout.text.contains("value=\"AT\" selected"))
        }
    }

    @Test func `a cart says what all parcels cost, once each can be sent there`() async throws {
        try await OpenShop.run { shop in
            let (near, far) = (
                try await shop.market.given.verifiedSeller(),
                try await shop.market.given.verifiedSeller()
            )
            let cup = try await shop.thing("Cup", by: near)
            let bowl = try await shop.thing("Bowl", by: far, price: 3500)
            let browser = Browser(shop.app)
            _ = try await shop.put(cup.variant, browser)

            let unasked = try await shop.put(bowl.variant, browser).text
            browser.setCookie("guildhall_country", "AT")
            let cart = try await browser.get("/cart").text
            browser.setCookie("guildhall_language", "de")
            let german = try await browser.get("/cart").text
            try await shop.marketplace.setDestinations(["AT"], as: far.member)
            browser.setCookie("guildhall_language", "en")
            browser.setCookie("guildhall_country", "CH")
            let partly = try await browser.get("/cart").text

            #expect(!unasked.contains("Together, as it looks now"))
            #expect(cart.contains("Shipping in the cheapest way, to Austria"))
            #expect(cart.contains("<td class=\"money\">€\u{a0}9.80</td>"))
            #expect(cart.contains("<td class=\"money\">€\u{a0}64.80</td>"))
            #expect(german.contains("günstigste Art (Lieferland Österreich)"))
            #expect(german.contains("64,80\u{a0}€"))
            #expect(partly.contains("does not send it to Switzerland"))
            #expect(!partly.contains("Together, as it looks now"))
        }
    }

    @Test func `every way there is said, with its cost and the day by which it is there`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller("Clay")
            let cup = try await shop.thing("Cup", by: maker)
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_country", "AT")

            let page = try await browser.get("/listings/\(cup.listing)").text

            let parcel = "<li>Parcel: <span class=\"strong\">€\u{a0}4.90</span> "
            let pickup = "<li>Pick up: <span class=\"strong\">free</span></li>"
            let first = try #require(page.firstRange(of: parcel)?.lowerBound)
            let last = try #require(page.firstRange(of: pickup)?.lowerBound)
            #expect(first < last)
            let day = Format.date(try await shop.marketplace.marketNow().advanced(days: 3))
            #expect(page.contains("<span class=\"quiet\">1 to 3 days, by \(day)</span>"))
            #expect(!page.contains("ways to have it"))

            // Who is away sends nothing within days.
            let now = try await shop.marketplace.marketNow()
            try await shop.marketplace.setHoliday(
                from: now.advanced(days: -1), until: now.advanced(days: 3), note: "",
                staysOpen: true, as: maker.member)
            let away = try await browser.get("/listings/\(cup.listing)").text
            #expect(away.contains(parcel) && away.contains("1 to 3 days"))
            #expect(!away.contains("1 to 3 days, by"))
        }
    }

    @Test func `of more than two ways the number is said, and they are opened`() async throws {
        try await OpenShop.run(shipping: ["express": "1450"]) { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_country", "AT")

            let page = try await browser.get("/listings/\(cup.listing)").text

            #expect(page.contains("Sent to Austria for €\u{a0}4.90, 1 to 3 days</summary>"))
            let opened = try #require(
                page.components(separatedBy: "<summary>3 ways to have it</summary>").last)
            let labels = opened.components(separatedBy: "<li>").dropFirst().prefix(3)
                .map { $0.prefix { $0 != ":" } }
            #expect(labels == ["Parcel", "Express", "Pick up"])
            let answer = try await browser.send(
                "GET", "/api/v1/listings/\(cup.listing)/delivery?country=AT")
            guard case .array(let choices)? = answer.json?["choices"] else {
                Issue.record("no choices in \(answer.text)")
                return
            }
            #expect(choices.map { $0["label"]?.string } == ["Parcel", "Express", "Pick up"])
        }
    }

    @Test func `a browser's language is taken for a guess, and nonsense for nothing`() async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            func page(_ language: String) async throws -> String {
                try await Browser(shop.app).raw(
                    "GET", "/listings/\(cup.listing)", headers: [("accept-language", language)]
                ).text
            }

            #expect(try await page("fr-CH, fr;q=0.9").contains("(Suisse)"))
            for language in ["es", "", "x-ZZ", "en-<script>"] {
                #expect(try await page(language).contains("Where shall it go?"), "\(language)")
            }
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_country", "<b>")
            #expect(
                try await browser.get("/listings/\(cup.listing)").text
                    .contains("Where shall it go?"))
        }
    }

    @Test func `wishes for a parcel are sent with the payment`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller()
            let cup = try await shop.thing("Cup", by: seller)
            let (browser, page) = try await shop.guestAtPayment([cup.variant])

            let done = try await browser.submit(
                page, "\(try #require(page.checkoutAction))/purchase",
                ["wishes.0.giftMessage": "For <you>", "wishes.0.deliverOn": ""])

            #expect(done.text.contains("With these words: “For &lt;you&gt;”"))
        }
    }

    @Test func `suggestions lead to the pages of things`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing(
                "Espresso cup", by: try await shop.market.given.verifiedSeller())

            let answer = try await Browser(shop.app).send("GET", "/api/v1/suggestions?text=espr")

            #expect(answer.status == 200)
            #expect(answer.text.contains("\"path\":\"/listings/\(cup.listing)\""))
            let home = try await Browser(shop.app).get("/")
            #expect(home.text.contains("shop.js"))
            #expect(home.header("content-security-policy")?.contains("script-src 'self';") == true)
        }
    }
}

@Suite struct `An old link to a thing` {
    @Test func `says when its maker is back, or that it is gone`() async throws {
        try await OpenShop.run { shop in
            let seller = try await shop.market.given.verifiedSeller("Clay & Ember")
            let cup = try await shop.thing("Cup", by: seller)
            let draft = try await shop.marketplace.createListing(
                ListingDraft(
                    title: "Secret", variants: [VariantDraft(price: Money(900, .eur), onHand: 1)]),
                as: seller.member)
            let now = try await shop.marketplace.marketNow()
            let browser = Browser(shop.app)
            func page(_ id: ID<Listing>) async throws -> WebAnswer {
                try await browser.get("/listings/\(id)")
            }

            try await shop.marketplace.setHoliday(
                from: now.advanced(days: -1), until: now.advanced(days: 3), note: "",
                as: seller.member)
            let resting = try await page(cup.listing)
            #expect(resting.status == 200)
            #expect(resting.text.contains("Clay &amp; Ember is on holiday"))
            try await shop.marketplace.endHoliday(as: seller.member)
            #expect(try await page(cup.listing).text.contains("Put in the cart"))
            try await shop.marketplace.unpublishListing(cup.listing, as: seller.member)
            let gone = try await page(cup.listing)
            #expect(gone.status == 404)
            #expect(gone.text.contains("not for sale any more"))
            let never = try await page(draft.listing.id)
            #expect(never.status == 404)
            #expect(!never.text.contains("Secret"))
        }
    }
}
