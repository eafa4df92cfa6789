import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Prices and stock that are searched for` {
    @Test func `are few on the page, and what was typed stays`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            let mug = try await desk.listing("Blue & white mug")
            _ = try await desk.listing("Bowl")

            let found = try await browser.get("/listings/prices?text=white+mug&low=true")
            #expect(found.text.contains("Blue &amp; white mug") && !found.text.contains(">Bowl<"))
            #expect(found.text.contains("value=\"white mug\""))
            #expect(found.text.contains("name=\"low\" value=\"true\" checked"))
            let refused = try await browser.submit(
                found, "/listings/prices", ["rows.0.price": "nothing"], holding: "rows.0.variant")
            #expect(refused.status == 422)
            #expect(refused.text.contains("value=\"nothing\""))
            #expect(refused.text.contains("value=\"white mug\""))
            let saved = try await browser.submitOnce(
                found, "/listings/prices", ["rows.0.price": "21.00"], holding: "rows.0.variant")
            #expect(
                saved.header("location") == "/listings/prices?text=white%20mug&low=true"
                    || saved.header("location") == "/listings/prices?text=white+mug&low=true")
            #expect(
                try await desk.kernel.editableOffers([mug.variants[0].id], as: desk.shop.member)
                    .first?.price == Money(2100, .eur))
            let none = try await browser.get("/listings/prices?text=nosuchthing")
            #expect(none.text.contains("Nothing of yours fits this."))
        }
    }

    @Test func `are changed by a rate, all that are meant, after a look`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.catalogue)
            _ = try await desk.listing("Mug one")
            _ = try await desk.listing("Mug two")
            let bowl = try await desk.listing("Bowl")

            let look = try await browser.get(
                "/listings/prices?text=mug&category=&way=up&percent=10&all=true&after=")
            #expect(look.text.contains("2 variants are meant."))
            #expect(look.text.contains("20.90"))
            // Nobody means to save the page with it.
            #expect(!look.text.contains("nothing is saved before you press the button"))
            let done = try await browser.submit(look, "/listings/prices/rate", [:])

            #expect(done.text.contains("2 variants are saved."))
            let offers = try await desk.kernel.editableOffers(as: desk.shop.member).items
            #expect(offers.map(\.price.amount) == [1900, 2090, 2090])
            #expect(offers[0].listing == bowl.listing.id)
            let wrong = try await browser.get("/listings/prices?percent=much&all=true")
            #expect(wrong.text.contains("Write it in percent from 0 to 100"))
            let again = try await browser.get(
                "/listings/prices?text=mug&way=up&percent=10&all=true")
            let late = try await browser.submit(
                again, "/listings/prices/rate", ["seen": "what nobody saw"])
            #expect(late.status == 409)
            #expect(late.text.contains("perhaps by a colleague"))
            // With what it would do by now, to be looked at and done.
            #expect(late.text.contains("2 variants are meant.") && late.text.contains("22.99"))
            #expect(late.text.contains("value=\"mug\""))
        }
    }

    @Test func `are changed once by two colleagues who press at the same time`() async throws {
        try await Desk.run { desk in
            _ = try await desk.listing("Mug")
            let path = "/listings/prices?way=up&percent=10&all=true"
            var presses: [@Sendable () async throws -> WebAnswer] = []
            for role in [SellerRole.catalogue, .owner] {
                let browser = try await desk.colleague(role)
                let look = try await browser.get(path)
                presses.append {
                    try await browser.submit(look, "/listings/prices/rate", [:])
                }
            }

            let ended = try await desk.market.inTurn(
                lockedBy: "select id from listing for update", presses
            ).map { try $0.get() }

            #expect(ended.map(\.status) == [200, 409])
            #expect(ended[0].text.contains("1 variant is saved."))
            #expect(ended[1].text.contains("perhaps by a colleague"))
            // What it would do on top of the colleague's, which has to be pressed for again.
            #expect(ended[1].text.contains("22.99"))
            let offers = try await desk.kernel.editableOffers(as: desk.shop.member).items
            #expect(offers.map(\.price.amount) == [2090])
        }
    }

    @Test func `are changed by programs, who look first`() async throws {
        try await Desk.run { desk in
            let program = try await desk.program()
            _ = try await desk.listing("Mug")
            let found = try await program.get("/api/v1/offers?text=MUG")
            #expect(found.json?["items"]?.items.first?["title"]?.string == "Mug")
            let look = try await program.send(
                "POST", "/api/v1/offers/price-changes",
                ["text": "mug", "way": "down", "ppm": 100_000])
            #expect(look.json?["count"] == 1 && look.json?["changed"] == 0)
            let change: JSONValue = [
                "text": "mug", "way": "down", "ppm": 100_000, "seen": look.json?["seen"] ?? "",
            ]
            let done = try await program.send("POST", "/api/v1/offers/price-changes", change)
            let repeated = try await program.send(
                "POST", "/api/v1/offers/price-changes", change)

            #expect(done.json?["count"] == 1 && done.json?["changed"] == 1)
            #expect(repeated.status == 409)
            let offers = try await desk.kernel.editableOffers(as: desk.shop.member).items
            #expect(offers.map(\.price.amount) == [1710])
        }
    }
}
