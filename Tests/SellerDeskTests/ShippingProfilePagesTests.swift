import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Shipping profiles at the desk` {
    private static let fields = [
        "name": "Letters", "handlingDays": "2", "sentFrom": "Leipzig",
        "zones.0.countries": "de, AT", "zones.0.currency": "EUR", "zones.0.first": "4.90",
        "zones.0.further": "1.00", "zones.0.freeFrom": "60", "zones.0.steps": "2000: 3.00",
        "zones.0.daysMin": "1", "zones.0.daysMax": "3",
        "zones.1.countries": "", "zones.1.currency": "EUR",
    ]

    @Test func `are typed in, previewed, chosen for a thing and deleted`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            let cup = try await desk.listing("Cup").listing.id
            let form = try await browser.get("/shop/shipping/new")

            let made = try await browser.submit(form, "/shop/shipping", Self.fields)

            #expect(made.status == 200, "\(made.text)")
            let profile = try #require(
                try await desk.kernel.shippingProfiles(as: desk.shop.member).items.first)
            #expect(profile.isDefault)
            #expect(profile.zones.count == 1)
            #expect(profile.zones.first?.countries == ["AT", "DE"])
            #expect(profile.zones.first?.freeFrom == 6000)
            #expect(profile.zones.first?.steps == [WeightStep(aboveGrams: 2000, extra: 300)])
            let list = try await browser.get("/shop/shipping")
            #expect(list.text.contains("AT, DE: €\u{a0}4.90, each further piece €\u{a0}1.00"))

            let path = "/shop/shipping/\(profile.id)"
            let three = try await browser.get(path + "?country=AT&pieces=3&grams=900")
            #expect(
                three.text.contains(
                    "A customer in Austria pays €\u{a0}9.90 for 3 pieces: 3 to 5 days."))
            let free = try await browser.get(path + "?country=AT&pieces=3&value=60")
            #expect(free.text.contains("A customer in Austria pays nothing for 3 pieces"))
            let far = try await browser.get(path + "?country=FR")
            #expect(far.text.contains("This profile has no price for France"))

            let listing = try await browser.get("/listings/\(cup)")
            let saved = try await browser.submit(
                listing, "/listings/\(cup)", ["shippingProfile": profile.id.description])
            #expect(saved.status == 200, "\(saved.text)")
            let kept = try await desk.kernel.listing(cup, as: desk.shop.member).listing
            #expect(kept.shippingProfile == profile.id)
            let refused = try await browser.submit(three, path + "/removal")
            #expect(refused.text.contains("such as “Cup”"))
            _ = try await browser.submit(
                try await browser.get("/listings/\(cup)"), "/listings/\(cup)",
                ["shippingProfile": ""])
            let gone = try await browser.submit(try await browser.get(path), path + "/removal")
            #expect(gone.text.contains("The profile is deleted."))
            #expect(try await desk.kernel.shippingProfiles(as: desk.shop.member).items.isEmpty)
        }
    }

    @Test func `say what the market takes of the shop's own prices`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            let admin = try await desk.market.given.administrator().id
            func said(in language: String = "en") async throws -> [String] {
                browser.setCookie("guildhall_language", language)
                let pages = try await [
                    browser.get("/shop/shipping").text, browser.get("/shop/shipping/new").text,
                ]
                return pages.map { page in
                    page.firstMatch(of: /<p class="quiet">([^<]*(?:commission|Provision)[^<]*)</)
                        .map { String($0.1) } ?? "nothing"
                }
            }
            func rule(_ rate: Int64, _ scope: CommissionScope = CommissionScope()) async throws {
                _ = try await desk.kernel.addCommissionRule(
                    CommissionDraft(scope, rate: PartsPerMillion(rate)), replacing: true,
                    as: admin, reason: "Agreed.")
            }

            try await rule(80_000)
            let one = try await said()
            #expect(one.allSatisfy { $0.contains("too: 8\u{a0}% of what they bring") }, "\(one)")
            try await rule(125_000, CommissionScope(seller: desk.shop.id))
            let two = try await said(in: "de")
            #expect(
                two.allSatisfy { $0.contains("Provision: 8\u{a0}% bis 12,5\u{a0}% von dem") },
                "\(two)")
            // What another shop agreed on is not this one's.
            let other = try await desk.market.given.verifiedSeller("Other").id
            try await rule(300_000, CommissionScope(seller: other))
            #expect(try await said(in: "de") == two)

            try await rule(0)
            try await rule(0, CommissionScope(seller: desk.shop.id))
            #expect(try await said() == ["nothing", "nothing"])
        }
    }

    @Test func `keep what was typed when a price is none`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            var fields = Self.fields
            fields["zones.0.first"] = "a lot"

            let again = try await browser.submit(
                try await browser.get("/shop/shipping/new"), "/shop/shipping", fields)

            #expect(again.status == 422)
            #expect(again.text.contains("value=\"a lot\""))
            #expect(again.text.contains("value=\"de, AT\""))
            #expect(again.text.contains("aria-invalid"))
            #expect(try await desk.kernel.shippingProfiles(as: desk.shop.member).items.isEmpty)
        }
    }

    @Test func `are read and written by programs`() async throws {
        try await Desk.run { desk in
            let program = try await desk.program()
            let zone: JSONValue = [
                "countries": [], "currency": "EUR", "first": 490, "further": 100,
                "freeFrom": 6000, "steps": [["aboveGrams": 2000, "extra": 300]], "daysMin": 1,
                "daysMax": 3,
            ]
            let made = try await program.send(
                "POST", "/api/v1/shop/shipping-profiles",
                ["name": "Letters", "handlingDays": 2, "sentFrom": "Leipzig", "zones": [zone]])
            #expect(made.status == 201, "\(made.text)")
            let profile = try #require(
                try await desk.kernel.shippingProfiles(as: desk.shop.member).items.first)
            let path = "/api/v1/shop/shipping-profiles/\(profile.id)"

            let preview = try await program.get(path + "/preview?country=FR&pieces=2&value=5999")
            #expect(preview.text.contains("\"isPriced\":true"))
            #expect(preview.text.contains("\"amount\":590"))
            #expect(preview.text.contains("\"daysMax\":5"))
            let dollars = try await program.get(path + "/preview?currency=USD")
            #expect(dollars.text.contains("\"isPriced\":false"))

            let twice = try await program.send(
                "PUT", path, ["name": "Letters", "handlingDays": 2, "zones": [zone, zone]])
            #expect(twice.status == 422)
            #expect(twice.text.contains("\"zones.1.countries\""))
            let listing = try await program.send(
                "POST", "/api/v1/listings",
                [
                    "title": "Spoon", "shippingProfileId": .string(profile.id.description),
                    "variants": [["price": ["amount": 900, "currency": "EUR"]]],
                ])
            #expect(listing.status == 201, "\(listing.text)")
            #expect(listing.text.contains("\"shippingProfileId\":\"\(profile.id)\""))
            let refused = try await program.send("DELETE", path)
            #expect(refused.status == 409)
            #expect(refused.text.contains("“Spoon”"))
        }
    }
}
