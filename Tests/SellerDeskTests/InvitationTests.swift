import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Somebody who is invited into a shop` {
    /// The path in the newest letter to this address.
    private func link(_ desk: Desk, to email: String) async throws -> String {
        let letter = try #require(
            try await desk.kernel.mails(PageRequest()).items.first { $0.recipient == email })
        let start = try #require(letter.body.firstRange(of: "/invitations/"))
        return String(letter.body[start.lowerBound...].prefix { !$0.isWhitespace })
    }

    private func invite(_ desk: Desk, _ email: String) async throws -> Browser {
        let owner = try await desk.colleague(.owner)
        let answer = try await owner.submit(
            try await owner.get("/team"), "/team/invitations",
            ["email": email, "role": "support"])
        #expect(answer.text.contains("An invitation is on its way to \(email)."))
        #expect(answer.text.contains("Send the link to \(email) again"))
        return owner
    }

    @Test func `creates an account on the way, and works in the shop`() async throws {
        try await Desk.run { desk in
            let email = "\(ID<Account>())@example.test"
            let owner = try await invite(desk, email)
            let link = try await link(desk, to: email)
            let browser = Browser(desk.app)

            let offer = try await browser.get(link)
            #expect(offer.text.contains("Clay &amp; Kiln asks you to work with them"))
            #expect(offer.text.contains("href=\"/register?then=\(link)\""))
            #expect(!offer.text.contains("Become a member"))
            let registered = try await browser.submit(
                try await browser.get("/register?then=\(link)"), "/register",
                [
                    "name": "Bo", "email": email, "password": "correct horse battery",
                    "then": link,
                ])
            #expect(registered.text.contains("Become a member"))
            let joined = try await browser.submit(registered, link, [:])

            #expect(joined.text.contains("You belong to Clay &amp; Kiln now."))
            #expect(try await browser.get("/orders").status == 200)
            #expect(try await browser.get("/team").status == 403)
            #expect(try await browser.get(link).status == 404)
            let team = try await owner.get("/team")
            #expect(team.text.contains(email) && !team.text.contains("Invited, not answered"))
        }
    }

    /// Whoever has a shop of their own would look at its orders otherwise.
    @Test func `works in the shop that invited, also who works in another one`() async throws {
        try await Desk.run { desk in
            let bo = try await desk.visitor("Bo")
            let email = try #require(
                try await desk.market.database.query("select email from account where name = 'Bo'")
                    .decode { c in try c.next(String.self) }.first)
            let other = try await desk.market.given.verifiedSeller("Other")
            try await desk.kernel.addMember(email: email, role: .support, as: other.member)
            _ = try await invite(desk, email)
            let link = try await link(desk, to: email)

            let joined = try await bo.submit(try await bo.get(link), link, [:])

            #expect(joined.text.contains("You belong to Clay &amp; Kiln now."))
            let orders = try await bo.get("/orders")
            #expect(orders.status == 200)
            #expect(orders.text.contains(">Clay &amp; Kiln</a>"))
            #expect(!orders.text.contains("Choose a shop"))
        }
    }

    @Test func `is told when the link is somebody else's`() async throws {
        try await Desk.run { desk in
            let email = "\(ID<Account>())@example.test"
            _ = try await invite(desk, email)
            let link = try await link(desk, to: email)
            let eve = try await desk.visitor("Eve")

            let offer = try await eve.get(link)
            #expect(offer.text.contains("You are signed in as"))
            #expect(!offer.text.contains("Become a member"))
            let stranger = try await desk.market.given.account("Mallory")
            let taken = try await desk.program(of: stranger).send("PUT", "/api/v1" + link)
            #expect(taken.status == 409)
            #expect(taken.text.contains("sent to another address"))
            #expect(try await desk.kernel.memberships(of: stranger.id).isEmpty)
        }
    }

    @Test func `is welcomed in both of two tabs`() async throws {
        try await Desk.run { desk in
            let email = "\(ID<Account>())@example.test"
            _ = try await invite(desk, email)
            let link = try await link(desk, to: email)
            let browser = Browser(desk.app)
            let tab = try await browser.submit(
                try await browser.get("/register?then=\(link)"), "/register",
                ["name": "Bo", "email": email, "password": "correct horse battery", "then": link])

            let ends = try await desk.market.inTurn(
                lockedBy: "select id from seller where id = \(desk.shop.id) for update",
                Array(repeating: { try await browser.submitOnce(tab, link, [:]) }, count: 2))

            for end in ends {
                let answer = try end.get()
                #expect(answer.status == 303 && answer.header("location") == "/")
            }
            #expect(
                try await desk.kernel.team(as: desk.shop.member).filter { $0.email == email }
                    .count == 1)
        }
    }

    @Test func `finds a link that was taken back, or a shop that is suspended`() async throws {
        try await Desk.run { desk in
            let email = "\(ID<Account>())@example.test"
            let owner = try await invite(desk, email)
            let link = try await link(desk, to: email)
            let admin = try await desk.market.given.administrator()
            let reader = Browser(desk.app)

            _ = try await desk.kernel.suspendSeller(
                desk.shop.id, reason: "Looked at.", by: admin.id)
            let suspended = try await reader.get(link)
            #expect(suspended.status == 409)
            #expect(suspended.text.contains("This shop is suspended at present"))
            _ = try await desk.kernel.reinstateSeller(
                desk.shop.id, reason: "In order.", by: admin.id)
            let id = try #require(
                try await desk.kernel.invitations(as: desk.shop.member).first
            ).id
            let page = try await owner.get("/team")
            let back = try await owner.submit(page, "/team/invitations/\(id)/end", [:])
            #expect(back.text.contains("The invitation is taken back."))
            #expect(try await reader.get(link).status == 404)
            reader.setCookie("guildhall_language", "de")
            #expect(try await reader.get(link).text.contains("Diese Einladung öffnet nichts"))
        }
    }

    @Test func `keeps what the owner typed when it is refused`() async throws {
        try await Desk.run { desk in
            let owner = try await desk.colleague(.owner)
            let page = try await owner.get("/team")

            let refused = try await owner.submit(
                page, "/team/invitations", ["email": "not an address", "role": "finance"])

            #expect(refused.status == 422)
            #expect(refused.text.contains("value=\"not an address\""))
            #expect(refused.text.contains("value=\"finance\" selected"))
        }
    }

    @Test func `is invited, asked again and taken in by programs too`() async throws {
        try await Desk.run { desk in
            let owner = try await desk.program()
            let bo = try await desk.market.given.account("Bo")
            let made = try await owner.send(
                "POST", "/api/v1/team/invitations",
                ["email": .string(bo.email), "role": "orders"])
            #expect(made.status == 201)
            let id = try #require(made.json?["id"]?.string)
            let again = try await owner.send("POST", "/api/v1/team/invitations/\(id)/letters")
            #expect(again.status == 200)
            let listed = try await owner.get("/api/v1/team/invitations")
            #expect(listed.json?["items"]?.items.count == 1)
            let path = "/api/v1" + (try await link(desk, to: bo.email))

            let offer = try await Browser(desk.app).send("GET", path)
            #expect(offer.json?["shop"]?.string == "Clay & Kiln")
            let program = try await desk.program(of: bo)
            let joined = try await program.send("PUT", path)
            #expect(joined.status == 200 && joined.json?["role"]?.string == "orders")
            #expect(try await program.send("PUT", path).status == 200)
            #expect(
                try await owner.send("DELETE", "/api/v1/team/invitations/\(id)").status == 404)
        }
    }
}
