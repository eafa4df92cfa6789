import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The shipping profile of many listings at the desk` {
    @Test func `is chosen for those that are ticked, or for the whole page`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            let none = try await browser.get("/listings/shipping")
            #expect(none.text.contains("You have none yet"))
            for title in ["Cup", "Bowl", "Vase"] { _ = try await desk.listing(title) }
            let letters = try await desk.kernel.createShippingProfile(
                ShippingProfileDraft(name: "Letters", handlingDays: 1, zones: []),
                as: desk.shop.member
            ).id
            func chosen() async throws -> [String] {
                try await desk.kernel.shippedListings(as: desk.shop.member).items
                    .filter { $0.profile == letters }.map(\.title).sorted()
            }
            let path = "/listings/shipping"
            let page = try await browser.get(path)
            let rows = try #require(HTMLForm.fields(of: path, in: page.text))
                .filter { $0.0.hasSuffix(".listing") }
            #expect(rows.count == 3)

            let unticked = try await browser.submit(page, path, ["profile": "\(letters)"])
            #expect(unticked.status == 422)
            #expect(unticked.text.contains("Tick the listings first."))
            // The newest stands first.
            let one = try await browser.submit(
                page, path, ["profile": "\(letters)", "rows.1.isChosen": "true"])
            #expect(one.text.contains("1 listing is changed."))
            #expect(try await chosen() == ["Bowl"])
            let all = try await browser.submit(
                page, path, ["profile": "\(letters)", "isForAll": "true"])
            #expect(all.text.contains("2 listings are changed."))
            #expect(try await chosen() == ["Bowl", "Cup", "Vase"])
            let back = try await browser.submit(
                all, path, ["profile": "", "rows.0.isChosen": "true"])
            #expect(back.text.contains("1 listing is changed."))
            #expect(try await chosen() == ["Bowl", "Cup"])
        }
    }

    @Test func `is refused with what was ticked still ticked`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            _ = try await desk.listing("Cup")
            let letters = try await desk.kernel.createShippingProfile(
                ShippingProfileDraft(name: "Letters", handlingDays: 1, zones: []),
                as: desk.shop.member
            ).id
            let page = try await browser.get("/listings/shipping")
            try await desk.kernel.deleteShippingProfile(letters, as: desk.shop.member)
            _ = try await desk.kernel.createShippingProfile(
                ShippingProfileDraft(name: "Parcels", handlingDays: 1, zones: []),
                as: desk.shop.member)

            let refused = try await browser.submit(
                page, "/listings/shipping",
                ["profile": "\(letters)", "rows.0.isChosen": "true"])

            #expect(refused.status == 422)
            #expect(refused.text.contains("There is no such shipping profile."))
            #expect(refused.text.contains("name=\"rows.0.isChosen\" value=\"true\" checked"))
        }
    }

    @Test func `is not found to be chosen for another shop's listing`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let other = try await desk.market.given.verifiedSeller("Other")
            let theirs = try await desk.listing("Theirs", by: other).listing.id
            _ = try await desk.listing("Cup")
            let letters = try await desk.kernel.createShippingProfile(
                ShippingProfileDraft(name: "Letters", handlingDays: 1, zones: []),
                as: desk.shop.member
            ).id

            let refused = try await browser.submit(
                try await browser.get("/listings/shipping"), "/listings/shipping",
                [
                    "profile": "\(letters)", "rows.0.listing": "\(theirs)",
                    "rows.0.isChosen": "true",
                ])

            #expect(refused.status == 404)
            #expect(refused.text.contains("There is no such listing."))
            let chosen = try await desk.kernel.shippedListings(as: other.member).items
            #expect(chosen.allSatisfy { $0.profile == nil })
        }
    }

    @Test func `is chosen by programs for their own shop's`() async throws {
        try await Desk.run { desk in
            let program = try await desk.program()
            let other = try await desk.market.given.verifiedSeller("Other")
            let theirs = try await desk.listing("Theirs", by: other).listing.id
            let cup = try await desk.listing("Cup").listing.id

            let path = "/api/v1/listings/shipping-profile"
            let foreign = try await program.send(
                "PUT", path, ["listingIds": [.string("\(cup)"), .string("\(theirs)")]])
            let own = try await program.send("PUT", path, ["listingIds": [.string("\(cup)")]])
            let empty = try await program.send("PUT", path, ["listingIds": []])

            #expect(foreign.status == 404)
            #expect(own.status == 200)
            #expect(own.text == #"{"changed":0}"#)
            #expect(empty.status == 422)
        }
    }
}
