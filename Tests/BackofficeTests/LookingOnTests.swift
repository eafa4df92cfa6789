import Foundation
import Hummingbird
import HummingbirdTesting
import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Looking on as somebody else` {
    @Test func `shows what they see, under a banner on every page`() async throws {
        try await LookingOn.run { market in
            for isAtDesk in [false, true] {
                let eyes = try await market.eyes(atDesk: isAtDesk)
                let person = isAtDesk ? market.seller.owner : market.customer
                let app = isAtDesk ? market.desk : market.shop
                var pages = 0
                for policy in app.policies
                where policy.method == "GET" && !policy.pattern.contains("{") {
                    let answer = try await eyes.get(policy.pattern)
                    guard answer.header("content-type")?.hasPrefix("text/html") == true else {
                        continue
                    }
                    pages += 1
                    let name = person.name.replacing("&", with: "&amp;").replacing(
                        "'", with: "&#39;")
                    #expect(
                        answer.text.contains("Sam Support looks on as \(name)"),
                        "\(policy.pattern): \(answer.status)")
                    #expect(answer.text.contains("action=\"/on-behalf/end\""))
                }
                #expect(pages > 10)
                #expect(try await eyes.get("/nowhere").text.contains("looks on as"))
                let me = try await eyes.send("GET", "/api/v1/account").text
                #expect(me.contains(person.email))
                let who = try await eyes.send("GET", "/api/v1/on-behalf")
                #expect(who.text.contains("Sam Support") && who.text.contains(person.name))
            }
            let guest = Browser(market.shop)
            #expect(try await !guest.get("/").text.contains("looks on as"))
        }
    }

    @Test func `shows the one shop that is looked at, and nobody else's that they work for`()
        async throws
    {
        try await LookingOn.run { market in
            let theirs = try await market.market.given.listing("Plate", by: market.second)
            let own = try await market.kernel.createAccessToken(
                named: "own", for: .seller, of: market.seller.owner.id)
            let eyes = try await market.eyes(atDesk: true)

            for path in ["shop", "listings", "listings/\(theirs.id)", "orders", "wallets"] {
                let address = "/api/v1/\(path)?seller=\(market.second.id)"
                #expect(try await eyes.send("GET", address).status == 404, "\(path)")
                // They themselves may.
                let answer = try await Browser(market.desk).send(
                    "GET", address, token: own.secret)
                #expect(answer.status == 200, "\(path): \(answer.text)")
            }
            let page = try await eyes.raw("GET", "/listings?seller=\(market.second.id)")
            #expect(page.status == 404)
            let listed = try await eyes.send("GET", "/api/v1/shops")
            #expect(listed.json?["items"]?.array?.count == 1)
            let home = try await eyes.get("/")
            #expect(home.status == 200 && home.text.contains("Clay &amp; Kiln"))
            for page in [home, try await eyes.get("/shops")] {
                #expect(!page.text.contains("Second Studio"))
            }
        }
    }

    @Test func `leaves the person signed in, who sees it`() async throws {
        try await LookingOn.run { market in
            let own = try await LookingOn.signIn(market.customer, market.shop)
            let eyes = try await market.eyes()
            #expect(try await market.isIn(eyes))

            let during = try await own.get("/security").text
            _ = try await eyes.submit(try await eyes.get("/"), "/on-behalf/end")
            let after = try await own.get("/security").text

            #expect(during.contains("The marketplace&#39;s support, looking at your account"))
            #expect(!after.contains("support, looking at your account"))
            #expect(after.contains("When support looked at your account"))
            #expect(!after.contains(LookingOn.reason))
            #expect(try await !market.isIn(eyes))
            #expect(try await market.isIn(own))
            let visits = try await own.send("GET", "/api/v1/account/support-visits").text
            #expect(visits.contains("\"isOver\":true"))
        }
    }

    @Test func `is opened once, within a minute, in its app, by what nobody stored`() async throws {
        try await LookingOn.run { market in
            let page = try await market.handOver(market.customer)
            #expect(page.status == 200)
            #expect(page.header("cache-control") == "no-store")
            let action = market.kernel.settings.storefrontURL + "/on-behalf"
            let fields = try #require(HTMLForm.fields(of: action, in: page.text))
            // Another origin gets nothing of the back office's own.
            #expect(fields.map(\.0) == ["pass"])
            let pass = fields[0].1
            let kept = try await market.market.database.query(
                "select count(*) from impersonation i where i::text like \("%\(pass)%")"
            ).decode { c in try c.next(Int.self) }
            #expect(kept == [0])

            let elsewhere = try await Browser(market.desk).post("/on-behalf", [("pass", pass)])
            let eyes = Browser(market.shop)
            let first = try await eyes.post("/on-behalf", [("pass", pass)])
            let second = try await Browser(market.shop).post("/on-behalf", [("pass", pass)])

            #expect(elsewhere.status == 403)
            #expect(first.status == 303 && first.header("location") == "/")
            #expect(first.header("referrer-policy") == "no-referrer")
            #expect(second.status == 403)
            #expect(try await market.isIn(eyes))

            let late = try await market.pass(market.customer)
            try await market.market.database.execute(
                "update impersonation set pass_until = clock_timestamp() where pass_hash is not null"
            )
            #expect(
                try await Browser(market.shop).post("/on-behalf", [("pass", late)]).status == 403)
            try await market.kernel.endLapsedImpersonations()
            #expect(try await market.last().ending == .notOpened)
        }
    }

    @Test func `is refused for staff, oneself, strangers to a shop, and without the role`()
        async throws
    {
        try await LookingOn.run { market in
            let boss = try await market.market.given.administrator()
            #expect(try await market.ask(boss).text.contains("impersonation.staff"))
            #expect(try await market.ask(market.clerk).text.contains("impersonation.oneself"))
            #expect(
                try await market.ask(market.customer, at: market.seller).text.contains(
                    "impersonation.not-member"))
            #expect(try await market.ask(market.customer, reason: "x").status == 422)
            #expect(try await market.handOver(market.customer, reason: "x").status == 422)
            for role in [AdminRole.finance, .catalogue] {
                try await market.market.database.execute(
                    "update account_role set role = \(role) where account_id = \(market.clerk.id)")
                #expect(try await market.browser.get("/impersonations").status == 403)
                await #expect(throws: ImpersonationRefusal.notAllowed) {
                    try await market.kernel.beginImpersonation(
                        of: market.customer.id, in: .customer, reason: "To try.",
                        by: market.clerk.id, from: .session(hash: "0"))
                }
            }
            #expect(try await market.kernel.impersonations().items.isEmpty)
        }
    }

    @Test func `is begun, listed and ended by programs, and dies with their token`() async throws {
        try await LookingOn.run { market in
            let token = try await market.kernel.createAccessToken(
                named: "script", for: .admin, of: market.clerk.id)
            let office = Browser(market.office)
            let begun = try await office.send(
                "POST", "/api/v1/accounts/\(market.customer.id)/impersonations",
                ["app": "customer", "reason": .string(LookingOn.reason)], token: token.secret)
            #expect(begun.status == 201, "\(begun.text)")
            let pass = try #require(begun.json?["pass"]?.string)
            let eyes = Browser(market.shop)
            let opened = try await eyes.send("POST", "/api/v1/on-behalf", ["pass": .string(pass)])
            #expect(opened.status == 201, "\(opened.text)")
            #expect(try await market.isIn(eyes))
            let listed = try await office.send(
                "GET", "/api/v1/impersonations?state=open", token: token.secret)
            #expect(listed.text.contains(LookingOn.reason))
            #expect(!listed.text.contains(pass))

            try await market.kernel.revokeAccessToken(token.token.id, of: market.clerk.id)

            #expect(try await !market.isIn(eyes))
        }
    }

    @Test func `works through real sockets`() async throws {
        try await LookingOn.run { market in
            let pass = try await market.pass(market.customer)
            let name = market.customer.name
            try await market.shop.application.test(.live) { client in
                func post(_ origin: String) async throws -> TestResponse {
                    try await client.executeRequest(
                        uri: "/on-behalf", method: .post,
                        headers: [
                            .contentType: "application/x-www-form-urlencoded", .origin: origin,
                            .accept: "text/html",
                        ], body: ByteBuffer(string: "pass=\(pass)"))
                }
                // As a browser sends a form of another origin whose page hides where it stands.
                let opened = try await post("null")
                #expect(opened.status == .seeOther)
                let cookie = try #require(
                    opened.headers[values: .setCookie].first { $0.contains("_customer=") })
                #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"))
                let sent = String(cookie.prefix { $0 != ";" })
                let page = try await client.executeRequest(
                    uri: "/account", method: .get, headers: [.cookie: sent, .accept: "text/html"],
                    body: nil)
                #expect(String(buffer: page.body).contains("looks on as \(name)"))
                let bought = try await client.executeRequest(
                    uri: "/api/v1/purchases", method: .post,
                    headers: [.cookie: sent, .contentType: "application/json"],
                    body: ByteBuffer(string: "{}"))
                #expect(bought.status == .forbidden)
                #expect(String(buffer: bought.body).contains("/problems/web.not-on-behalf"))
                #expect(try await post("null").status == .forbidden)
            }
        }
    }
}
