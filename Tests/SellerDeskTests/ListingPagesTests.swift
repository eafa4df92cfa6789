import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Listing things at the desk` {
    private func owner(_ desk: Desk) async throws -> Browser { try await desk.colleague(.owner) }

    @Test func `a thing is typed in, pictured and published`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let form = try await browser.get("/listings/new")

            let saved = try await browser.submit(
                form, "/listings",
                [
                    "title": "Blue <mug>", "description": "Made by hand.", "tags": "gift, blue",
                    "optionNames": "Size", "currency": "EUR", "variants.0.options": "Small",
                    "variants.0.price": "19,50", "variants.0.sku": "M-S", "variants.0.onHand": "4",
                    "variants.1.options": "Large", "variants.1.price": "25",
                ])
            #expect(saved.status == 200, "\(saved.text)")
            #expect(saved.text.contains("Blue &lt;mug&gt;"))
            let summary = try #require(
                try await desk.kernel.listings(in: .draft, as: desk.shop.member).items.first)
            let path = "/listings/\(summary.id)"
            let pictured = try await browser.upload(
                saved, "\(path)/images", ["alt": "Front"], file: ("file", "mug.png", png))
            #expect(pictured.status == 303)
            let waiting = try await browser.get("\(path)/photos")
            #expect(waiting.text.contains("Waits to be made"))
            #expect(waiting.header("refresh") == "3; url=\(path)/photos")
            try await desk.market.worker().drain()
            let ready = try await browser.get("\(path)/photos")
            #expect(!ready.text.contains("to be made"))
            #expect(ready.header("refresh") == nil)
            let published = try await browser.submit(
                try await browser.get(path), "\(path)/publication")

            #expect(published.text.contains("It is for sale."))
            let shown = try await desk.kernel.publicListing(summary.id)
            #expect(shown.variants.map(\.price.amount) == [1950, 2500])
            #expect(shown.variants.map(\.available) == [4, 0])
            #expect(shown.images.count == 1)
            let picture = try await browser.raw(
                "GET", "/media/\(try #require(shown.images.first?.hash))")
            #expect(picture.header("content-type") == "image/jpeg")
        }
    }

    @Test func `options are typed in, and every combination is there`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let listing = try await desk.listing("Mug").listing.id
            let path = "/listings/\(listing)"
            let form = try await browser.get(path + "/options")
            let typed = [
                "options.0.name": "Volume", "options.0.values": "1,5 l\r\n0,5 l",
                "options.1.name": "Colour", "options.1.values": "Blue\nRed\n\n", "price": "12,50",
                "onHand": "3",
            ]
            let refused = try await browser.submit(
                form, path + "/options", typed.merging(["price": "much"]) { $1 })
            #expect(refused.status == 422)
            #expect(refused.text.contains("1,5 l\r\n0,5 l</textarea>"))

            let made = try await browser.submit(refused, path + "/options", typed)

            #expect(made.text.contains("4 variants of it are there."))
            let details = try await desk.kernel.listing(listing, as: desk.shop.member)
            #expect(
                details.variants.map(\.options) == [
                    ["1,5 l", "Blue"], ["1,5 l", "Red"], ["0,5 l", "Blue"], ["0,5 l", "Red"],
                ])
            let image = try await desk.kernel.addImage(
                png, alt: "Red one", to: listing, as: desk.shop.member)
            let pictured = try await browser.submit(
                try await browser.get(path + "/options"), path + "/choice-pictures",
                ["choices.1.image": "\(image.id)"])
            #expect(pictured.text.contains("It is saved."))
            let shown = try await desk.kernel.listing(listing, as: desk.shop.member)
            #expect(shown.variants.map(\.image) == [nil, image.id, nil, nil])
        }
    }

    @Test func `prices that were refused stand at the things they were typed for`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let (mug, bowl) = (
                try await desk.listing("Mug"), try await desk.listing("Bowl")
            )
            let form = try await browser.get("/listings/prices")
            let names = try #require(
                HTMLForm.fields(
                    of: "/listings/prices", in: form.text, holding: "rows.0.variant"))
            let rows = names.filter { $0.0.hasSuffix(".variant") }
            let place = try #require(
                rows.firstIndex { $0.1 == bowl.variants[0].id.description })
            let other = try #require(
                rows.firstIndex { $0.1 == mug.variants[0].id.description })
            // A thing comes in before the others, and some are bought, while prices are typed.
            _ = try await desk.listing("Vase")
            try await desk.kernel.setStock(
                of: mug.variants[0].id, to: mug.variants[0].onHand - 2, as: desk.shop.member)

            let refused = try await browser.submit(
                form, "/listings/prices", ["rows.\(place).price": "1.250"],
                holding: "rows.0.variant")
            #expect(refused.status == 422)
            #expect(!refused.text.contains("Vase"))
            let saved = try await browser.submit(
                refused, "/listings/prices", ["rows.\(place).price": "1.250,00"],
                holding: "rows.0.variant")

            #expect(saved.text.contains("1 variant is saved."), "\(other)")
            let now = try await desk.kernel.editableOffers(
                [mug.variants[0].id, bowl.variants[0].id], as: desk.shop.member)
            let prices = Dictionary(uniqueKeysWithValues: now.map { ($0.variant, $0) })
            #expect(prices[bowl.variants[0].id]?.price == Money(125_000, .eur))
            #expect(prices[mug.variants[0].id]?.price == mug.variants[0].price)
            #expect(prices[mug.variants[0].id]?.onHand == mug.variants[0].onHand - 2)
        }
    }

    @Test func `saving a title changes neither the stock nor values with slashes`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let listing = try await desk.listing("Mug").listing.id
            let path = "/listings/\(listing)"
            let sizes = (1...30).map { "\($0)/\($0 + 1)" }.joined(separator: "\n")
            let made = try await browser.submit(
                try await browser.get(path + "/options"), path + "/options",
                [
                    "options.0.name": "Width, height", "options.0.values": sizes,
                    "options.1.name": "Colour", "options.1.values": "Blue\nRed\nGreen",
                    "price": "12,50", "onHand": "3",
                ])
            #expect(made.text.contains("90 variants of it are there."))
            let before = try await desk.kernel.listing(listing, as: desk.shop.member)
            let form = try await browser.get(path)
            try await desk.kernel.setStock(
                of: before.variants[0].id, to: 1, as: desk.shop.member)

            let saved = try await browser.submit(form, path, ["title": "A better mug"])

            #expect(saved.status == 200, "\(saved.text)")
            let after = try await desk.kernel.listing(listing, as: desk.shop.member)
            #expect(after.listing.title == "A better mug")
            #expect(after.listing.optionNames == ["Width, height", "Colour"])
            #expect(after.variants.map(\.options) == before.variants.map(\.options))
            #expect(after.variants.map(\.id) == before.variants.map(\.id))
            #expect(after.variants.map(\.onHand) == [1] + before.variants.dropFirst().map(\.onHand))
        }
    }

    @Test func `pictures are dragged into order, all of them or none`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let listing = try await desk.listing("Mug").listing.id
            let path = "/listings/\(listing)"
            var ids: [String] = []
            for bytes in [png, png + [1], png + [2]] {
                ids.append(
                    try await desk.kernel.addImage(
                        bytes, alt: "", to: listing, as: desk.shop.member
                    ).id.description)
            }
            func order() async throws -> [String] {
                try await desk.kernel.listing(listing, as: desk.shop.member).images
                    .map(\.id.description)
            }
            let page = try await browser.get(path)
            let token = try #require(
                HTMLForm.fields(of: path + "/images/order", in: page.text)
            ).filter { $0.0 != "images" }
            func send(_ images: [String]) async throws -> Int {
                try await browser.post(
                    path + "/images/order", token + images.map { ("images", $0) }
                ).status
            }

            #expect(try await send([ids[2], ids[0], ids[1]]) == 303)
            #expect(try await order() == [ids[2], ids[0], ids[1]])
            _ = try await send([ids[0]])
            _ = try await send([ids[0], ids[0], ids[1]])
            #expect(try await order() == [ids[2], ids[0], ids[1]])
        }
    }

    @Test func `pictures that are sent twice are added once, and refused ones can be sent again`()
        async throws
    {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let listing = try await desk.listing("Mug").listing.id
            let path = "/listings/\(listing)"
            func send(_ page: WebAnswer, _ bytes: [UInt8]) async throws -> WebAnswer {
                try await browser.upload(
                    page, path + "/images", ["alt": "Front"], file: ("file", "mug.png", bytes))
            }
            // The browser sends again what got no answer: the form is the same, and so is its key.
            let page = try await browser.get(path)
            #expect(try await send(page, png).status == 303)
            #expect(try await send(page, png).status == 303)
            let images = try await desk.kernel.listing(listing, as: desk.shop.member).images
            #expect(images.count == 1)

            let fresh = try await browser.get(path)
            for _ in 1...2 {
                let refused = try await send(fresh, Array("nothing".utf8))
                #expect(refused.status == 303)
                #expect(refused.header("idempotent-replayed") == nil)
                #expect(try await browser.get(path).text.contains("has to be a JPEG"))
            }
        }
    }

    @Test func `what a picture shows can be said later, by its own shop only`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let listing = try await desk.listing("Mug").listing.id
            let image = try await desk.kernel.addImage(
                png, alt: "", to: listing, as: desk.shop.member)
            let path = "/listings/\(listing)"
            func said() async throws -> [String] {
                try await desk.kernel.listing(listing, as: desk.shop.member).images.map(\.alt)
            }

            let told = try await browser.submit(
                try await browser.get(path), "\(path)/images/\(image.id)/text",
                ["alt": "A mug <from> the side"])
            #expect(told.text.contains("What the picture shows is changed."))
            #expect(told.text.contains("value=\"A mug &lt;from&gt; the side\""))
            #expect(try await said() == ["A mug <from> the side"])

            let stranger = try await desk.market.given.verifiedSeller("Stranger")
            let foreign = try await desk.program(of: stranger.owner).send(
                "PUT", "/api/v1\(path)/images/\(image.id)", ["alt": "Mine"])
            #expect(foreign.status == 404)
            let long = try await desk.program().send(
                "PUT", "/api/v1\(path)/images/\(image.id)",
                ["alt": .string(String(repeating: "x", count: 201))])
            #expect(long.status == 422 && long.json?["field"] == "alt")
            #expect(try await said() == ["A mug <from> the side"])
        }
    }

    @Test func `pictures are put in order by buttons, and say what is wrong with them`()
        async throws
    {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let listing = try await desk.listing("Mug").listing.id
            let path = "/listings/\(listing)"
            var ids: [ID<ListingImage>] = []
            for (alt, bytes) in [("A", png), ("B", png + [1]), ("C", Array(png.dropLast(20)))] {
                ids.append(
                    try await desk.kernel.addImage(
                        bytes, alt: alt, to: listing, as: desk.shop.member
                    ).id)
            }
            func order() async throws -> [String] {
                try await desk.kernel.listing(listing, as: desk.shop.member).images.map(\.alt)
            }
            func press(_ image: Int, _ button: String) async throws -> WebAnswer {
                try await browser.submit(
                    try await browser.get(path), "\(path)/images/\(ids[image])/\(button)")
            }

            #expect(try await press(2, "earlier").status == 200)
            #expect(try await order() == ["A", "C", "B"])
            _ = try await press(0, "later")
            #expect(try await order() == ["C", "A", "B"])
            _ = try await press(1, "first")
            #expect(try await order() == ["B", "C", "A"])

            try await desk.market.worker().drain()
            let page = try await browser.get(path)
            #expect(page.text.contains("it is damaged, or ends too early"))
            let german = try await browser.raw(
                "GET", path, headers: [("accept-language", "de")])
            #expect(german.text.contains("beschädigt oder endet zu früh"))
            #expect(!german.text.contains("it is damaged, or ends too early"))
            #expect(page.text.contains("/media/\(ContentHash(of: png))/320.jpg"))
        }
    }

    @Test func `a wrong price is told and everything else is kept`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            let form = try await browser.get("/listings/new")

            let again = try await browser.submit(
                form, "/listings",
                [
                    "title": "Blue mug", "currency": "EUR", "variants.0.price": "much",
                    "variants.0.sku": "KEEP-ME",
                ])

            #expect(again.status == 422)
            #expect(again.text.contains("Write it in EUR with at most 2 digits"))
            #expect(again.text.contains("KEEP-ME"))
            #expect(again.text.contains("Blue mug"))
        }
    }

    @Test func `an edit keeps what the form does not show`() async throws {
        try await Desk.run { desk in
            let browser = try await owner(desk)
            var draft = ListingDraft(
                title: "Mug",
                variants: [VariantDraft(price: Money(1900, .eur), sku: "M", onHand: 3)])
            draft.variants[0].barcode = "4006381333931"
            let made = try await desk.kernel.createListing(draft, as: desk.shop.member)
            let path = "/listings/\(made.listing.id)"

            let saved = try await browser.submit(
                try await browser.get(path), path,
                ["title": "Great mug", "description": "New.", "variants.0.price": "21"])

            #expect(saved.status == 200, "\(saved.text)")
            let after = try await desk.kernel.listing(made.listing.id, as: desk.shop.member)
            #expect(after.listing.title == "Great mug")
            #expect(after.variants.map(\.id) == made.variants.map(\.id))
            #expect(after.variants[0].barcode == "4006381333931")
            #expect(after.variants[0].price == Money(2100, .eur))
        }
    }
}
