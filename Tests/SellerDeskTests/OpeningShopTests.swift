import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Opening a shop` {
    static let profile = [
        "name": "Clay & Kiln", "country": "DE", "legalName": "Ada Owner",
        "origin.name": "Ada Owner", "origin.lines": "Am Brunnen 1", "origin.city": "Berlin",
        "origin.postalCode": "10115", "origin.country": "DE",
    ]

    @Test func `a person applies, shows a document and sends it in`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.visitor("Ada Owner")
            let form = try await browser.get("/")
            #expect(form.text.contains("Open a shop"))

            let applied = try await browser.submit(form, "/apply", Self.profile)
            #expect(applied.text.contains("at least one document"))
            #expect(applied.text.contains("2 of 8 steps are done."))
            let uploaded = try await browser.upload(
                applied, "/shop/documents", ["kind": "identity"],
                file: ("file", "passport.png", png))
            #expect(uploaded.status == 303)
            let ready = try await browser.get("/shop/documents")
            #expect(ready.text.contains("passport.png"))
            let sent = try await browser.submit(ready, "/shop/application")

            #expect(sent.text.contains("Your application is being looked at."))
            #expect(sent.text.contains("Being looked at"))
            #expect(sent.text.contains("4 of 8 steps are done."))
        }
    }

    @Test func `a verified shop is led to its first sale, and then left alone`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let helper = try await desk.colleague(.orders)
            // The shop of the tests has an account to be paid to.
            let home = try await browser.get("/")
            #expect(home.text.contains("6 of 8 steps are done."))
            #expect(home.text.contains("<a class=\"button\" href=\"/shop/shipping\">"))
            #expect(try await !helper.get("/").text.contains("steps are done."))

            _ = try await desk.listing("Bowl")
            #expect(try await !browser.get("/").text.contains("steps are done."))
        }
    }

    @Test func `a form that was refused is shown again as it was typed`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.visitor("Ada Owner")
            let form = try await browser.get("/apply")
            var values = Self.profile
            values["slug"] = "NOT A SLUG"

            let again = try await browser.submit(form, "/apply", values)

            #expect(again.status == 422)
            #expect(again.text.contains("Clay &amp; Kiln"))
            #expect(again.text.contains("NOT A SLUG"))
            #expect(again.text.contains("role=\"alert\""))
        }
    }

    @Test func `a rejected shop reads why`() async throws {
        try await Desk.run { desk in
            let admin = try await desk.market.given.administrator()
            let browser = try await desk.visitor("Ada Owner")
            let form = try await browser.get("/apply")
            let applied = try await browser.submit(form, "/apply", Self.profile)
            _ = try await browser.upload(
                applied, "/shop/documents", ["kind": "identity"], file: ("file", "p.png", png))
            _ = try await browser.submit(
                try await browser.get("/shop/documents"), "/shop/application")
            let seller = try #require(
                try await desk.kernel.sellers(in: .submitted).items.first)

            try await desk.kernel.rejectSeller(
                seller.id, reason: "The passport has expired.", by: admin.id)

            let page = try await browser.get("/shop/documents")
            #expect(page.text.contains("The passport has expired."))
            #expect(page.text.contains("Sent back"))
        }
    }

    @Test func `programs apply, send in and read where it stands`() async throws {
        try await Desk.run { desk in
            let account = try await desk.market.given.account("Ada Owner")
            let program = try await desk.program(of: account)

            let shop = try await program.send(
                "POST", "/api/v1/shops",
                [
                    "name": "Kiln", "country": "DE", "legalName": "Ada Owner",
                    "origin": [
                        "name": "Ada", "lines": ["Am Brunnen 1"], "city": "Berlin",
                        "country": "DE",
                    ],
                ])
            #expect(shop.status == 201, "\(shop.text)")
            let early = try await program.send("POST", "/api/v1/shop/submission", nil)
            #expect(early.status == 409, "\(early.text)")
            let document = try await program.send(
                "POST", "/api/v1/shop/documents",
                [
                    "kind": "identity", "fileName": "passport.png",
                    "content": .string(base64(png)),
                ])
            #expect(document.status == 201, "\(document.text)")
            let sent = try await program.send("POST", "/api/v1/shop/submission", nil)

            #expect(sent.json?["state"] == "submitted", "\(sent.text)")
        }
    }
}
