import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// A jug in two sizes and two colours: of the small ones blue is sold out, of the large ones the
/// last red one is there, and blue is not made.
@Suite struct `A thing with several options` {
    private struct Jug {
        let path: String
        let ids: [String: ID<Variant>]
        let browser: Browser

        func page(_ query: String = "") async throws -> WebAnswer {
            try await browser.get(path + query)
        }
        func page(of choice: String) async throws -> WebAnswer {
            try await page("?variant=\(try #require(ids[choice]))")
        }
    }

    private func jug(_ shop: OpenShop) async throws -> Jug {
        let maker = try await shop.market.given.verifiedSeller()
        func choice(_ options: [String], _ price: Int64, _ stock: Int) -> VariantDraft {
            VariantDraft(price: Money(price, .eur), options: options, onHand: stock, grams: 900)
        }
        let made = try await shop.marketplace.createListing(
            ListingDraft(
                title: "Jug", optionNames: ["Size", "Colour"],
                variants: [
                    choice(["Small", "Red"], 2000, 5), choice(["Small", "Blue"], 2100, 0),
                    choice(["Large", "Red"], 3000, 1),
                ]), as: maker.member)
        try await shop.marketplace.publishListing(made.listing.id, as: maker.member)
        let named = made.variants.map { ($0.options.joined(separator: " "), $0.id) }
        return Jug(
            path: "/listings/\(made.listing.id)", ids: Dictionary(uniqueKeysWithValues: named),
            browser: Browser(shop.app))
    }

    /// The values of one option on a page, with where each leads.
    private static func values(
        _ option: String, _ page: WebAnswer
    ) -> [(label: String, href: String, isChosen: Bool, off: String?)] {
        let group =
            page.text.components(separatedBy: "role=\"group\" aria-label=\"\(option)\"")
            .dropFirst().first?.components(separatedBy: "</div>").first ?? ""
        return group.components(separatedBy: "<li>").dropFirst().map { item in
            let href = item.firstMatch(of: /href="([^"]*)"/).map { String($0.1) } ?? ""
            let label = item.firstMatch(of: /<span>([^<]*?) ?</).map { String($0.1) } ?? ""
            let off = item.firstMatch(of: /<small>([^<]*)</).map { String($0.1) }
            return (label, href, item.contains("aria-current=\"true\""), off)
        }
    }

    private static func shown(_ name: String, _ page: WebAnswer) -> String? {
        page.text.components(separatedBy: "data-shown=\"\(name)\"").dropFirst().first?
            .firstMatch(of: /^[^>]*>([^<]*)</).map { String($0.1) }
    }

    @Test func `has one choice for each of them, and shows price and stock of what is chosen`()
        async throws
    {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)

            let page = try await jug.page()
            let sizes = Self.values("Size", page)
            let colours = Self.values("Colour", page)

            #expect(sizes.map(\.label) == ["Small", "Large"])
            #expect(sizes.map(\.isChosen) == [true, false])
            #expect(colours.map(\.label) == ["Red", "Blue"])
            #expect(colours.map(\.off) == [nil, "sold out"])
            #expect(Self.shown("price", page) == "€\u{a0}20.00")
            #expect(Self.shown("stock", page) == "5 left")
            #expect(!page.text.contains("type=\"radio\" name=\"variant\""))
        }
    }

    @Test func `leads by links from one choice to the next, and what is shown goes into the cart`()
        async throws
    {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)
            let first = try await jug.page()

            let large = try #require(
                Self.values("Size", first).first { $0.label == "Large" }?.href)
            let page = try await jug.browser.get(
                String(large.prefix { $0 != "#" }))
            let cart = try await jug.browser.submit(page, "/cart/lines", ["quantity": "1"])

            #expect(large.contains("?variant=\(try #require(jug.ids["Large Red"]))"))
            #expect(Self.values("Size", page).first { $0.isChosen }?.label == "Large")
            #expect(Self.values("Colour", page).map(\.off) == [nil, "not made"])
            #expect(Self.shown("price", page) == "€\u{a0}30.00")
            #expect(Self.shown("stock", page) == "the last one")
            #expect(cart.text.contains("Large / Red"))
        }
    }

    @Test func `says plainly what is not made, and what there is instead`() async throws {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)
            let large = try await jug.page(of: "Large Red")
            let blue = try #require(
                Self.values("Colour", large).first { $0.label == "Blue" }?.href)

            let page = try await jug.browser.get(
                String(blue.prefix { $0 != "#" }).replacing("&amp;", with: "&"))

            #expect(blue.contains("option1=Large&amp;option2=Blue"))
            #expect(page.text.contains("There is no “Large, Blue”."))
            #expect(!page.text.contains("Put in the cart"))
            // What differs in one option comes before what differs in both.
            let near = try #require(page.text.firstRange(of: ">Large, Red</a>"))
            let far = try #require(page.text.firstRange(of: ">Small, Red</a>"))
            #expect(near.lowerBound < far.lowerBound)
            #expect(!page.text.contains(">Small, Blue</a>"))
            #expect(Self.values("Size", page).map(\.off) == ["sold out", "not made"])
        }
    }

    @Test func `says plainly what is sold out`() async throws {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)

            let page = try await jug.page(of: "Small Blue")

            #expect(page.text.contains("“Small, Blue” is sold out."))
            #expect(Self.shown("price", page) == "€\u{a0}21.00")
            #expect(Self.shown("stock", page) == "sold out")
            #expect(!page.text.contains("Put in the cart"))
            #expect(page.text.contains(">Small, Red</a>"))
        }
    }

    @Test func `shows what can be had to who asks for nonsense`() async throws {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)

            for query in [
                "?variant=nonsense", "?option1=Huge&option2=Red", "?option1=Large", "?option3=x",
            ] {
                let page = try await jug.page(query)
                #expect(page.status == 200)
                #expect(Self.shown("price", page) == "€\u{a0}20.00", "\(query)")
                #expect(page.text.contains("Put in the cart"))
            }
        }
    }

    @Test func `shows what is named by its options, as long as it is made`() async throws {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)

            let known = try await jug.page("?option1=Large&option2=Red")
            let missing = try await jug.page("?option1=Large&option2=Blue")

            #expect(Self.shown("price", known) == "€\u{a0}30.00")
            #expect(missing.text.contains("There is no “Large, Blue”."))
        }
    }

    @Test func `shows the first that can be had to who asks for nothing`() async throws {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)
            try await shop.market.database.execute(
                """
                update stock_level set on_hand = 0
                where variant_id = \(try #require(jug.ids["Small Red"]))
                """)

            let page = try await jug.page()

            #expect(Self.values("Size", page).first { $0.isChosen }?.label == "Large")
            #expect(Self.shown("price", page) == "€\u{a0}30.00")
            #expect(page.text.contains("Put in the cart"))
        }
    }

    /// Nine are made, of which one is sold out, and one more is not made.
    @Test func `names six instead of one that there is not, whatever their names`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let colours = ["Red & white", "50% blue", "A+B"]
            var variants: [VariantDraft] = []
            for size in ["S", "M", "L"] {
                for colour in colours where size != "L" || colour != "A+B" {
                    variants.append(
                        VariantDraft(
                            price: Money(2000, .eur), options: [size, colour], onHand: 1,
                            grams: 100))
                }
            }
            let made = try await shop.marketplace.createListing(
                ListingDraft(
                    title: "Cup", optionNames: ["Size", "Colour"], variants: variants),
                as: maker.member)
            try await shop.marketplace.publishListing(made.listing.id, as: maker.member)
            let browser = Browser(shop.app)
            let first = try await browser.get(
                "/listings/\(made.listing.id)?variant=\(made.variants[5].id)")
            let missing = try #require(
                Self.values("Size", first).first { $0.label == "L" }?.href)

            let page = try await browser.get(
                String(missing.prefix { $0 != "#" }).replacing("&amp;", with: "&"))

            #expect(made.variants[5].options == ["M", "A+B"])
            #expect(page.text.contains("There is no “L, A+B”."))
            let near =
                page.text.components(separatedBy: "<p>There is:</p>").last?
                .components(separatedBy: "</ul>").first ?? ""
            #expect(near.components(separatedBy: "<li>").count == 7)
        }
    }

    @Test func `of which all is sold out says that, and names nothing instead`() async throws {
        try await OpenShop.run { shop in
            let jug = try await jug(shop)
            try await shop.market.database.execute("update stock_level set on_hand = 0")

            let page = try await jug.page(of: "Small Red")

            #expect(page.text.contains("Sold out at the moment."))
            #expect(!page.text.contains("<p>There is:</p>"))
        }
    }
}
