import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

/// A page that was opened before somebody signed in or out in another window.
@Suite struct `A form that is sent from an old page` {
    private static let own = [("sec-fetch-site", "same-origin")]
    // Sign-ins are counted by address in the one Redis of all tests.
    private let email = "\(ID<Account>())@example.test"
    private static let address = [
        "address.name": "Grace", "address.lines": "Hauptstraße <5>", "address.postalCode": "50667",
        "address.city": "Köln", "address.country": "DE",
    ]

    /// Sends the form of a page as a browser does, with headers of its own.
    private func send(
        _ page: WebAnswer, _ action: String, _ values: [String: String],
        _ headers: [(String, String)], by browser: Browser
    ) async throws -> WebAnswer {
        var fields = try #require(HTMLForm.fields(of: action, in: page.text))
        fields.removeAll { values[$0.0] != nil }
        func escaped(_ text: String) throws -> String {
            try #require(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        }
        let body = try (fields + values.map { ($0.key, $0.value) })
            .map { try "\(escaped($0.0))=\(escaped($0.1))" }.joined(separator: "&")
        return try await browser.raw(
            "POST", action,
            headers: [("content-type", "application/x-www-form-urlencoded")] + headers,
            body: Array(body.utf8))
    }

    /// Signs out and in again, as in another window.
    private func signInAnew(_ browser: Browser) async throws {
        _ = try await browser.submit(try await browser.get("/"), "/sign-out")
        _ = try await browser.submit(
            try await browser.get("/sign-in"), "/sign-in",
            ["email": email, "password": "a long sentence of words"])
    }

    @Test
    func `is shown once more with all that was typed, and does nothing until it is sent again`()
        async throws
    {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser, email)
            let old = try await browser.get("/account/addresses")
            try await signInAnew(browser)

            let shown = try await send(
                old, "/account/addresses", Self.address, Self.own, by: browser)

            #expect(shown.status == 403)
            #expect(shown.text.contains("Nothing was done yet"))
            #expect(shown.text.contains("<title>Error: Your addresses"))
            #expect(shown.text.contains("Hauptstraße &lt;5&gt;"))
            #expect(try await browser.get("/account/addresses").text.contains("None is kept yet"))
            let sent = try await browser.submit(shown, "/account/addresses")
            #expect(sent.text.contains("The address is kept."))
            #expect(sent.text.contains("Hauptstraße &lt;5&gt;"))
        }
    }

    @Test func `stands by itself where its page cannot be shown again, and works once`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let old = try await browser.get("/listings/\(cup.listing)")
            try await shop.register(browser, email)

            let shown = try await send(
                old, "/cart/lines", ["quantity": "2"], Self.own, by: browser)

            #expect(shown.status == 403 && shown.text.contains("Nothing was done yet"))
            #expect(try await browser.get("/cart").text.contains("There is nothing in it yet."))
            let cart = try await browser.submit(shown, "/cart/lines")
            #expect(cart.text.contains("value=\"2\" min=\"0\""))
        }
    }

    @Test func `is only refused where it holds more than a form by itself`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            let old = try await browser.get("/listings/\(cup.listing)")
            try await shop.register(browser, email)

            let refused = try await send(
                old, "/cart/lines",
                ["quantity": "2", "more": String(repeating: "x", count: 20_000)],
                Self.own, by: browser)

            #expect(refused.status == 403)
            #expect(refused.text.contains("Go back, reload the page and send it again."))
            #expect(!refused.text.contains("xxxx"))
        }
    }

    @Test func `is only refused for who does not say that it was a page of ours`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser, email)
            let old = try await browser.get("/account/addresses")
            try await signInAnew(browser)

            for headers in [
                [], [("sec-fetch-site", "none")], [("sec-fetch-site", "cross-site")],
                [("origin", "http://evil.example")],
                [("referer", "http://evil.example/shop.test/")],
            ] {
                let refused = try await send(
                    old, "/account/addresses", Self.address, headers, by: browser)
                #expect(refused.status == 403)
                #expect(!refused.text.contains("Hauptstraße"), "\(headers)")
            }
        }
    }

    @Test func `never brings a password back`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser, email)
            let password = "a long sentence of words"
            let pages = [
                "/email": "/email", "/password": "/password", "/account/data": "/account/erasure",
            ]
            var old: [String: WebAnswer] = [:]
            for (page, action) in pages { old[action] = try await browser.get(page) }
            try await signInAnew(browser)

            for (action, page) in old {
                let shown = try await send(
                    page, action,
                    ["currentPassword": password, "current": password, "password": password],
                    Self.own,
                    by: browser)
                #expect(shown.status == 403)
                #expect(!shown.text.contains(password), "\(action)")
            }
        }
    }

    @Test func `with files is shown with its words, and says that they are to be chosen anew`()
        async throws
    {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser, email)
            let bought = try await shop.delivered(to: browser, email)
            let old = try await browser.get("/orders/\(bought.order)/reviews")
            try await signInAnew(browser)
            let action = "/orders/\(bought.order)/lines/\(bought.line)/review"
            let token = try #require(HTMLForm.fields(of: action, in: old.text)?.first?.1)
            func send(_ headers: [(String, String)]) async throws -> WebAnswer {
                let parts = [
                    "--b", "Content-Disposition: form-data; name=\"formToken\"", "", token, "--b",
                    "Content-Disposition: form-data; name=\"stars\"", "", "4", "--b",
                    "Content-Disposition: form-data; name=\"body\"", "", "A <lovely> glaze", "--b",
                    "Content-Disposition: form-data; name=\"photo\"; filename=\"a.png\"",
                    "Content-Type: image/png", "", "a picture", "--b--", "",
                ]
                return try await browser.raw(
                    "POST", action,
                    headers: [("content-type", "multipart/form-data; boundary=b")] + headers,
                    body: Array(parts.joined(separator: "\r\n").utf8))
            }

            let shown = try await send(Self.own)
            let astray = try await send([("sec-fetch-site", "none")])

            #expect(shown.status == 403)
            #expect(shown.text.contains("Nothing was done yet"))
            #expect(shown.text.contains("Files are not kept: choose them anew."))
            #expect(shown.text.contains(">A &lt;lovely&gt; glaze</textarea>"))
            #expect(shown.text.contains("value=\"4\" selected"))
            #expect(astray.status == 403 && !astray.text.contains("glaze"))
            let listing = bought.listing
            #expect(try await !browser.get("/listings/\(listing)").text.contains("glaze"))
            _ = try await browser.upload(
                shown, action, ["stars": "4", "body": "A <lovely> glaze"],
                file: ("photo", "a.png", MarketSide.picture))
            #expect(try await browser.get("/listings/\(listing)").text.contains("glaze"))
        }
    }

    @Test func `by somebody who is not signed in any more leads to the door, and back from there`()
        async throws
    {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser, email)
            let old = try await browser.get("/account/addresses")
            _ = try await browser.submit(try await browser.get("/"), "/sign-out")

            let stopped = try await send(
                old, "/account/addresses", Self.address,
                Self.own + [("referer", "http://shop.test/account/addresses?after=x")], by: browser)
            let astray = try await send(
                old, "/account/addresses", Self.address,
                [("referer", "http://evil.example/account")], by: browser)

            #expect(stopped.status == 401)
            #expect(
                stopped.text.contains(
                    "href=\"/sign-in?then=%2Faccount%2Faddresses%3Fafter%3Dx\">Sign in</a>"))
            #expect(astray.text.contains("href=\"/sign-in\">Sign in</a>"))
        }
    }
}
