import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `The page of one's own data` {
    @Test func `gives one file, and only to whom it is about`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser, "grace-\(ID<Account>())@example.test")
            let page = try await browser.get("/account/data")

            let file = try await browser.submit(page, "/account/data/export")

            #expect(file.status == 200)
            #expect(file.header("content-type") == "application/json")
            #expect(file.header("content-disposition")?.contains("attachment") == true)
            #expect(file.header("cache-control") == "no-store")
            for part in ["account", "purchases", "sessions", "cart"] {
                #expect(file.text.contains("\"\(part)\": "), "\(part)")
            }
            let stranger = try await Browser(shop.app).send("GET", "/api/v1/account/data")
            #expect(stranger.status == 401)
        }
    }

    @Test func `erases the account with the password, and signs out`() async throws {
        try await OpenShop.run { shop in
            let email = "grace-\(ID<Account>())@example.test"
            let browser = Browser(shop.app)
            try await shop.register(browser, email)
            let page = try await browser.get("/account/data")

            let refused = try await browser.submit(
                page, "/account/erasure", ["currentPassword": "a guess of mine"])
            #expect(refused.status == 422)
            #expect(try await browser.send("GET", "/api/v1/account").status == 200)
            let home = try await browser.submit(
                page, "/account/erasure", ["currentPassword": "a long sentence of words"])

            #expect(home.text.contains("Your account is erased"))
            #expect(try await browser.send("GET", "/api/v1/account").status == 401)
            #expect(try await shop.marketplace.account(email: email) == nil)
        }
    }
}

@Suite struct `A link to a guest's purchase` {
    /// The path of the newest link that was written.
    private func link(_ shop: OpenShop) async throws -> String {
        let letters = try await shop.marketplace.mails(PageRequest()).items
        let body = try #require(letters.first { $0.topic == "purchase.claim-link" }).body
        let start = try #require(body.firstRange(of: "/claims/"))
        return String(body[start.lowerBound...].prefix { !$0.isWhitespace })
    }

    @Test func `is sent from its page, leads through signing up, and works once`() async throws {
        try await OpenShop.run { shop in
            let cup = try await shop.thing("Cup", by: try await shop.market.given.verifiedSeller())
            let (guest, payment) = try await shop.guestAtPayment([cup.variant])
            _ = try await guest.submit(payment, "\(try #require(payment.checkoutAction))/purchase")
            let purchase = "/purchases/\(try await shop.lastPurchase())"
            let sent = try await guest.submit(
                try await guest.get(purchase), "\(purchase)/claim-link")
            #expect(sent.text.contains("on its way to the address"))
            let link = try await link(shop)

            // On another device, without an account.
            let phone = Browser(shop.app)
            let seen = try await phone.get(link)
            #expect(seen.text.contains("/register?then=\(link)"))
            let register = try await phone.get("/register?then=\(link)")
            let asked = try await phone.submit(
                register, "/register",
                ["name": "Grace", "email": "g@example.test", "password": "a long sentence"])
            let done = try await phone.submit(asked, link)

            #expect(done.text.contains("It is in your account now."))
            #expect(try await phone.get("/account").text.contains(purchase))
            #expect(try await guest.get(purchase).status == 404)
            let again = try await phone.get(link)
            #expect(again.status == 404)
            #expect(again.text.contains("This link is over"))
        }
    }

    @Test func `is asked for without telling what there is`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            let page = try await browser.get("/find-purchase?number=K7M49XQ2")
            #expect(page.text.contains("K7M49XQ2"))

            let answer = try await browser.submit(
                page, "/find-purchase",
                ["number": "K7M49XQ2", "email": "\(ID<Account>())@example.test"])

            #expect(answer.text.contains("If there is such a purchase"))
            #expect(try await shop.marketplace.mails(PageRequest()).items.isEmpty)
        }
    }
}
