import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `One's name` {
    @Test func `is changed on a page, kept as typed when refused, and by the API`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)
            try await shop.register(browser)
            let account = try #require(
                try await shop.marketplace.account(email: "grace@example.test"))
            let form = try await browser.get("/name")
            #expect(form.text.contains("value=\"Grace\""))

            let empty = try await browser.submit(form, "/name", ["name": "   "])
            #expect(empty.status == 422)
            let done = try await browser.submit(empty, "/name", ["name": " Grace Hopper "])
            #expect(done.text.contains("You are called Grace Hopper now."))
            let token = try await shop.token(account)
            let answer = try await Browser(shop.app).send(
                "PUT", "/api/v1/account/name", ["name": "Amazing Grace"], token: token)
            #expect(answer.json?["name"]?.string == "Amazing Grace")
            #expect(try await shop.marketplace.account(account.id)?.name == "Amazing Grace")
            #expect(try await Browser(shop.app).raw("GET", "/name").status == 303)
        }
    }
}
