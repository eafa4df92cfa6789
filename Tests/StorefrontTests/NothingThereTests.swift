import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Where there is nothing to show` {
    @Test func `a search says when it forgave typing errors, and only then`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let mug = try await shop.marketplace.createListing(
                ListingDraft(
                    title: "Stoneware mugs", description: "Survives every dishwasher.",
                    variants: [VariantDraft(price: Money(2000, .eur), onHand: 5, grams: 400)]),
                as: maker.member)
            try await shop.marketplace.publishListing(mug.listing.id, as: maker.member)
            let browser = Browser(shop.app)
            let notice = "Nothing was written exactly like that."

            let guessed = try await browser.get("/search?text=stonewear+mug").text
            #expect(guessed.contains("Stoneware mugs") && guessed.contains(notice))
            // As a word, as a beginning, in another number, and in the description.
            for text in [
                "stoneware", "stonew", "STONEWARE", "mug", "dishwashers", "stoneware+mug",
                "the+stöneware", "STONEW",
            ] {
                let found = try await browser.get("/search?text=\(text)").text
                #expect(found.contains("Stoneware mugs") && !found.contains(notice), "\(text)")
            }
            let none = try await browser.get("/search?text=zzzzzzzz").text
            #expect(none.contains("Nothing fits.") && !none.contains(notice))
        }
    }

    @Test func `a word for a category is no typing error`() async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bowls = try await shop.marketplace.createCategory(
                named: "Bowls", names: CategoryNames(de: "Schalen"), by: nil)
            let made = try await shop.marketplace.createListing(
                ListingDraft(
                    title: "Wide and blue", category: bowls.id,
                    variants: [VariantDraft(price: Money(2000, .eur), onHand: 5, grams: 400)]),
                as: maker.member)
            try await shop.marketplace.publishListing(made.listing.id, as: maker.member)
            let browser = Browser(shop.app)
            browser.setCookie("guildhall_language", "de")

            let found = try await browser.get("/search?text=Schalen").text

            #expect(found.contains("Wide and blue"))
            #expect(!found.contains("Genau so steht es nirgends."))
        }
    }

    @Test
    func `a search that finds nothing shows what others took home, and what it was narrowed to`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (guest, page) = try await shop.guestAtPayment([cup.variant])
            _ = try await guest.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let browser = Browser(shop.app)

            let nothing = try await browser.get("/search?text=zzzzzz&from=900").text
            let something = try await browser.get("/search?text=cup&from=10").text

            let others = try #require(
                nothing.components(separatedBy: "What others took home</h2>").last)
            #expect(others.contains("/listings/\(cup.listing)"))
            #expect(nothing.contains("<details class=\"filters\" open>"))
            #expect(nothing.contains("/search?text=zzzzzz\">from "))
            // Where something is left, it is seen first, also on a telephone.
            #expect(something.contains("<details class=\"filters\">"))
            #expect(!something.contains("What others took home"))
        }
    }

    @Test func `an empty category does not ask for other words`() async throws {
        try await OpenShop.run { shop in
            _ = try await shop.marketplace.createCategory(named: "Bowls", by: nil)
            let browser = Browser(shop.app)

            let empty = try await browser.get("/categories/bowls").text
            let narrowed = try await browser.get("/categories/bowls?from=10").text

            #expect(empty.contains("Nothing is for sale here just now."))
            #expect(!empty.contains("Nothing fits."))
            #expect(narrowed.contains("Nothing fits."))
        }
    }

    @Test func `a later page of a list leads to its beginning, with all that narrows it down`()
        async throws
    {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            for number in 1...25 { _ = try await shop.thing("Cup \(number)", by: maker) }
            let slug = try await shop.marketplace.seller(maker.id).slug
            let browser = Browser(shop.app)
            let beginning = "From the beginning"

            for path in ["/search?text=cup", "/makers/\(slug)"] {
                let first = try await browser.get(path).text
                let after = try #require(first.firstRange(of: "after="))
                let cursor = first[after.upperBound...].prefix { $0 != "\"" && $0 != "&" }
                let joint = path.contains("?") ? "&" : "?"
                let later = try await browser.get("\(path)\(joint)after=\(cursor)").text

                #expect(!first.contains(beginning))
                #expect(later.contains("href=\"\(path)\">\(beginning)</a>"), "\(path)")
            }
        }
    }

    @Test func `what is sold out leads to what can be had instead`() async throws {
        try await OpenShop.run { shop in
            let cups = try await shop.marketplace.createCategory(named: "Cups", by: nil)
            func cup(_ title: String, stock: Int) async throws -> ID<Listing> {
                let maker = try await shop.market.given.verifiedSeller(title)
                let made = try await shop.marketplace.createListing(
                    ListingDraft(
                        title: title, category: cups.id,
                        variants: [
                            VariantDraft(price: Money(2000, .eur), onHand: stock, grams: 400)
                        ]), as: maker.member)
                try await shop.marketplace.publishListing(made.listing.id, as: maker.member)
                return made.listing.id
            }
            let gone = try await cup("Gone", stock: 0)
            let another = try await cup("Another gone", stock: 0)
            let there = try await cup("There", stock: 3)
            func alike(_ id: ID<Listing>) async throws -> Substring {
                let page = try await Browser(shop.app).get("/listings/\(id)").text
                let start = try #require(page.firstRange(of: "<h2 id=\"alike\">"))
                let rest = page[start.upperBound...]
                return rest.prefix(upTo: try #require(rest.firstRange(of: "</ul>")).lowerBound)
            }

            let page = try await Browser(shop.app).get("/listings/\(gone)").text
            let instead = try await alike(gone)
            let beside = try await alike(there)

            #expect(page.contains("<a href=\"#alike\">Things that come close</a>"))
            #expect(instead.contains("/listings/\(there)"))
            #expect(!instead.contains("/listings/\(another)"))
            #expect(beside.contains("/listings/\(another)"))
        }
    }

    /// Whoever wants the thing wants one like it, not what others put into the same parcel.
    @Test func `what is sold out leads to things like it, however much was bought with it`()
        async throws
    {
        try await OpenShop.run { shop in
            let cups = try await shop.marketplace.createCategory(named: "Cups", by: nil)
            let maker = try await shop.market.given.verifiedSeller()
            let cup = try await shop.market.given.listing(
                "Cup", by: maker, stock: 1, category: cups.id)
            let other = try await shop.market.given.verifiedSeller("Another")
            let mug = try await shop.market.given.listing("Mug", by: other, category: cups.id)
            var parcel = [cup.variant]
            for name in ["Tea", "Tray", "Spoon", "Cloth"] {
                parcel.append(try await shop.thing(name, by: maker).variant)
            }
            let (guest, page) = try await shop.guestAtPayment(parcel)
            _ = try await guest.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let browser = Browser(shop.app)

            let soldOut = try await browser.get("/listings/\(cup.id)").text
            try await shop.marketplace.setStock(of: cup.variant, to: 3, as: maker.member)
            let there = try await browser.get("/listings/\(cup.id)").text

            #expect(try await shop.marketplace.boughtTogether(with: cup.id).count == 4)
            let alike = try #require(soldOut.components(separatedBy: "<h2 id=\"alike\">").last)
            #expect(alike.contains("/listings/\(mug.id)"))
            // Four things that were really bought with it say enough of one that is there.
            #expect(!there.contains("<h2 id=\"alike\">"))
        }
    }

    /// What was on it was sold or taken off sale since: there is more at the beginning.
    @Test(arguments: ["/categories/bowls", "/search", "/makers/"])
    func `a later page that became empty does not say that nothing is for sale`(
        _ path: String
    ) async throws {
        try await OpenShop.run { shop in
            let maker = try await shop.market.given.verifiedSeller()
            let bowls = try await shop.marketplace.createCategory(named: "Bowls", by: nil)
            var things: [ID<Listing>] = []
            for number in 1...25 {
                let thing = try await shop.market.given.listing(
                    "Bowl \(number)", by: maker, category: bowls.id)
                things.append(thing.id)
            }
            let slug = try await shop.marketplace.seller(maker.id).slug
            let path = path.hasSuffix("/") ? path + slug : path
            let browser = Browser(shop.app)
            let first = try await browser.get(path).text
            let after = try #require(first.firstRange(of: "after="))
            let later = path + "?after=" + first[after.upperBound...].prefix { !"\"&".contains($0) }
            let last = try await browser.get(later).text
            for thing in things where last.contains("\(thing)") {
                try await shop.marketplace.unpublishListing(thing, as: maker.member)
            }

            let emptied = try await browser.get(later).text

            #expect(!things.contains { emptied.contains("\($0)") })
            #expect(!emptied.contains("Nothing is for sale"))
            #expect(emptied.contains("href=\"\(path)\">From the beginning</a>"))
        }
    }

    @Test func `a purchase opened in another browser says how it is opened there`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let owner = Browser(shop.app)
            // Sign-ins are counted by address in the one Redis of all tests.
            let email = "\(ID<Account>())@example.test"
            try await shop.register(owner, email)
            let (_, page) = try await shop.guestAtPayment([cup.variant], in: owner)
            _ = try await owner.submit(page, "\(try #require(page.checkoutAction))/purchase")
            let path = "/purchases/\(try await shop.lastPurchase())"
            let elsewhere = Browser(shop.app)

            for asked in [
                path, "\(path)/return", "\(path)/receipt", "/purchases/\(ID<Purchase>())",
            ] {
                let guest = try await elsewhere.get(asked)
                #expect(guest.status == 404)
                #expect(guest.text.contains("made in another browser or another account"))
                #expect(guest.text.contains("href=\"/find-purchase\""))
            }
            let way = "/sign-in?then=\(path)"
            #expect(try await elsewhere.get(path).text.contains("href=\"\(way)\""))
            let door = try await elsewhere.get(way)
            let inside = try await elsewhere.submit(
                door, "/sign-in",
                ["email": email, "password": "a long sentence of words"])
            #expect(inside.status == 200 && inside.text.contains("Cup"))
            let other = Browser(shop.app)
            try await shop.register(other, "eve@example.test")
            let theirs = try await other.get(path)
            #expect(theirs.status == 404)
            #expect(theirs.text.contains("href=\"/account\"") && !theirs.text.contains("Cup<"))
            #expect(!theirs.text.contains("/sign-in"), "they are signed in")
        }
    }
}
