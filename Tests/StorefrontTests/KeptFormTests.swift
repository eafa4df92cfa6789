import Foundation
import Kernel
import TestSupport
import Testing
import Vocabulary

@testable import Web

/// A page was open for so long that nobody is signed in any more when its form is sent.
@Suite struct `A form that is sent after its session has ended` {
    private static let password = "a long sentence of words"
    private static let address = [
        "address.name": "Grace", "address.lines": "Hauptstraße <5>", "address.postalCode": "50667",
        "address.city": "Köln", "address.country": "DE",
    ]

    /// A browser whose person's session is over, and a page of theirs from before.
    private func pageFromBefore(
        _ path: String, _ shop: OpenShop, _ email: String = "grace@example.test"
    ) async throws -> (Browser, WebAnswer) {
        let browser = Browser(shop.app)
        try await shop.register(browser, email)
        let page = try await browser.get(path)
        try await endSession(of: email, shop)
        return (browser, page)
    }

    private func endSession(of email: String, _ shop: OpenShop) async throws {
        let account = try await shop.marketplace.signIn(email: email, password: Self.password)
        try await shop.marketplace.endSessions(of: account.id)
    }

    /// Where the page leads that says that a form is kept.
    private static func door(_ kept: WebAnswer) throws -> String {
        String(
            try #require(kept.text.firstMatch(of: /href="(\/sign-in\?then=%2Fkept-form[^"]*)"/)).1)
    }

    /// Signs in where that page leads.
    private func signIn(
        _ browser: Browser, at kept: WebAnswer, as email: String = "grace@example.test"
    ) async throws -> WebAnswer {
        try await browser.submit(
            try await browser.get(try Self.door(kept)), "/sign-in",
            ["email": email, "password": Self.password])
    }

    @Test func `is shown on its page once its person has signed in, and done when it is sent anew`()
        async throws
    {
        try await OpenShop.run { shop in
            let (browser, page) = try await pageFromBefore("/account/addresses", shop)

            let kept = try await browser.submit(page, "/account/addresses", Self.address)
            let shown = try await signIn(browser, at: kept)
            let before = try await browser.get("/account/addresses")
            let done = try await browser.submit(shown, "/account/addresses")

            #expect(kept.status == 401)
            #expect(kept.text.contains("Nothing was done yet."))
            #expect(!kept.text.contains("Hauptstraße"))
            #expect(shown.status == 200)
            #expect(shown.text.contains("Your session had ended when you sent this."))
            #expect(shown.text.contains("Hauptstraße &lt;5&gt;"))
            #expect(before.text.contains("None is kept yet"))
            #expect(done.text.contains("The address is kept."))
            #expect(done.text.contains("Hauptstraße &lt;5&gt;"))
        }
    }

    @Test func `is there for nobody else`() async throws {
        try await OpenShop.run { shop in
            try await shop.register(Browser(shop.app), "mallory@example.test")
            let (browser, page) = try await pageFromBefore("/account/addresses", shop)
            let kept = try await browser.submit(page, "/account/addresses", Self.address)

            let other = try await signIn(browser, at: kept, as: "mallory@example.test")
            let link = try #require(
                try Self.door(kept).components(separatedBy: "then=").last?.removingPercentEncoding)
            let guest = try await Browser(shop.app).raw("GET", link)

            #expect(other.text.contains("Nothing is kept here"))
            #expect(!other.text.contains("Hauptstraße"))
            #expect(guest.status == 303)
        }
    }

    @Test func `is kept also where guests may send it, and stands by itself with its words`()
        async throws
    {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let (_, paying) = try await shop.guestAtPayment([cup.variant], in: browser)
            _ = try await browser.submit(
                paying, "\(try #require(paying.checkoutAction))/purchase")
            let path = "/purchases/\(try await shop.lastPurchase())"
            let page = try await browser.get(path)
            let form = String(
                try #require(page.text.firstMatch(of: /action="(\/orders\/[^\/]*\/cancellation)"/))
                    .1)
            try await endSession(of: "grace@example.test", shop)

            let kept = try await browser.submit(page, form, ["reason": "Too blue"])
            let shown = try await signIn(browser, at: kept)
            let before = try await browser.get(path)
            let done = try await browser.submit(shown, form)

            #expect(kept.status == 401)
            #expect(shown.text.contains("Nothing was done yet"))
            #expect(shown.text.contains(">Too blue</textarea>"))
            #expect(before.text.contains(">being packed<"))
            #expect(done.text.contains("Too blue") && done.text.contains("is cancelled"))
        }
    }

    @Test func `with photos keeps its words, and says that the photos are to be chosen anew`()
        async throws
    {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            // Sign-ins are counted by address in the one Redis of all tests.
            let email = "\(ID<Account>())@example.test"
            try await shop.register(browser, email)
            let bought = try await shop.delivered(to: browser, email)
            let page = try await browser.get("/orders/\(bought.order)/reviews")
            let action = "/orders/\(bought.order)/lines/\(bought.line)/review"
            let said = ["stars": "4", "body": "A <lovely> glaze"]
            let photo = (field: "photo", name: "a.png", bytes: MarketSide.picture)
            try await endSession(of: email, shop)

            let kept = try await browser.upload(page, action, said, files: [photo, photo])
            let account = try await shop.marketplace.signIn(email: email, password: Self.password)
            let lying = try await Self.lying(account.id)
            let shown = try await signIn(browser, at: kept, as: email)
            _ = try await browser.upload(shown, action, said, files: [photo])
            try await shop.market.worker().drain()

            #expect(kept.status == 401)
            #expect(kept.text.contains("Files are not kept: choose them anew."))
            #expect(lying.count == 1)
            #expect(lying.allSatisfy { $0.utf8.count < 1000 && $0.contains("lovely") })
            #expect(shown.text.contains("Files are not kept: choose them anew."))
            #expect(shown.text.contains(">A &lt;lovely&gt; glaze</textarea>"))
            #expect(shown.text.contains("value=\"4\" selected"))
            #expect(shown.text.contains("type=\"file\" name=\"photo\""))
            let reviews = try await browser.get("/listings/\(bought.listing)/reviews").text
            #expect(reviews.contains("A &lt;lovely&gt; glaze") && reviews.contains("/media/"))
        }
    }

    /// Whoever signs out leaves the browser to somebody else.
    @Test func `is kept nowhere once its person has signed out, in this tab or another one`()
        async throws
    {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            let email = "\(ID<Account>())@example.test"
            try await shop.register(browser, email)
            let bought = try await shop.delivered(to: browser, email)
            let account = try await shop.marketplace.signIn(email: email, password: Self.password)
            let page = try await browser.get("/account/addresses")
            let review = try await browser.get("/orders/\(bought.order)/reviews")
            _ = try await browser.submit(try await browser.get("/"), "/sign-out")

            let answers = [
                try await browser.submit(page, "/account/addresses", Self.address),
                try await browser.upload(
                    review, "/orders/\(bought.order)/lines/\(bought.line)/review",
                    ["stars": "1", "body": "Hauptstraße"],
                    file: ("photo", "a.png", MarketSide.picture)),
            ]

            for answer in answers {
                #expect(answer.status == 401)
                #expect(!answer.text.contains("kept-form"))
                #expect(!answer.text.contains("Hauptstraße"))
            }
            #expect(try await Self.lying(account.id).isEmpty)
            _ = try await browser.submit(
                try await browser.get("/sign-in"), "/sign-in",
                ["email": email, "password": Self.password])
            #expect(
                try await !browser.get("/account/addresses").text.contains("Hauptstraße &lt;5&gt;"))
        }
    }

    @Test func `goes on where it is the browser's and nobody's in particular`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (browser, page) = try await pageFromBefore("/listings/\(cup.listing)", shop)

            let cart = try await browser.submit(page, "/cart/lines", ["quantity": "2"])
            let out = try await browser.submit(page, "/sign-out")

            #expect(cart.text.contains("It is in your cart."))
            #expect(out.text.contains("You are signed out."))
        }
    }

    @Test func `leaves no password anywhere, which is typed anew`() async throws {
        try await OpenShop.run { shop in
            let (browser, page) = try await pageFromBefore("/email", shop)
            let account = try await shop.marketplace.signIn(
                email: "grace@example.test", password: Self.password)

            let kept = try await browser.submit(
                page, "/email",
                ["email": "new@example.test", "currentPassword": Self.password])
            let lying = try await Self.lying(account.id)
            let shown = try await signIn(browser, at: kept)

            #expect(kept.text.contains("are not kept: type them anew."))
            #expect(lying.count == 1)
            #expect(lying.allSatisfy { $0.contains("new@example.test") })
            #expect(lying.allSatisfy { !$0.contains(Self.password) })
            #expect(shown.text.contains("new@example.test"))
            #expect(!shown.text.contains(Self.password))
            #expect(shown.text.contains("type=\"password\" name=\"currentPassword\""))
        }
    }

    @Test func `makes room for newer ones, and does not lie there for ever`() async throws {
        try await OpenShop.run { shop in
            let (browser, page) = try await pageFromBefore("/account/addresses", shop)
            let account = try await shop.marketplace.signIn(
                email: "grace@example.test", password: Self.password)

            for number in 0...KeptForms.countMax {
                var address = Self.address
                address["address.name"] = "Grace \(number)"
                _ = try await browser.submit(page, "/account/addresses", address)
            }

            let lying = try await Self.lying(account.id)
            #expect(lying.count == KeptForms.countMax)
            #expect(lying.allSatisfy { !$0.contains("Grace 0") })
            for key in try await Self.keys(account.id) {
                let left = try await TestWeb.redis.send("TTL", [.string(key)]).int ?? -1
                #expect((1...KeptForms.lifetime.components.seconds).contains(left))
            }
        }
    }

    @Test func `is not kept when it came from no page of that person`() async throws {
        try await OpenShop.run { shop in
            let (browser, page) = try await pageFromBefore("/account/addresses", shop)
            let account = try await shop.marketplace.signIn(
                email: "grace@example.test", password: Self.password)
            let stranger = Browser(shop.app)
            try await shop.register(stranger, "mallory@example.test")
            let theirs = try await stranger.get("/account/addresses")
            var fields = Array(Self.address.map { ($0.key, $0.value) })
            let (token, own) = (try Self.token(theirs), try Self.token(page))
            let mixed =
                try #require(token.split(separator: ".").first).description
                + "." + (try #require(own.split(separator: ".").last))

            for made in ["", token, mixed, "nonsense.\(account.id)"] {
                let answer = try await browser.post(
                    "/account/addresses", fields + [("formToken", made)])
                #expect(answer.status == 401)
                #expect(!answer.text.contains("kept-form"), "\(made)")
            }
            fields.append(("formToken", own))
            #expect(
                try await browser.post("/account/addresses", fields).text.contains("kept-form"))
        }
    }

    private static func token(_ page: WebAnswer) throws -> String {
        let fields = try #require(HTMLForm.fields(of: "/account/addresses", in: page.text))
        return try #require(fields.first { $0.0 == "formToken" }?.1)
    }

    /// What lies in Redis of an account's forms.
    private static func keys(_ account: ID<Account>) async throws -> [String] {
        let list = try await TestWeb.redis.send(
            "LRANGE", [.string("forms:customer:\(account)"), "0", "-1"])
        return (list.array ?? []).compactMap(\.text)
    }

    private static func lying(_ account: ID<Account>) async throws -> [String] {
        var texts: [String] = []
        for key in try await keys(account) {
            if let text = try await TestWeb.redis.send("GET", [.string(key)]).text {
                texts.append(text)
            }
        }
        return texts
    }
}
