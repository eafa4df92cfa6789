import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Who may do what at the desk` {
    @Test func `every route says who may call it`() async throws {
        try await Desk.run { desk in
            for policy in desk.app.policies {
                #expect(policy.access != nil, "\(policy.method) \(policy.pattern)")
            }
        }
    }

    @Test func `nobody who is not signed in gets past the door`() async throws {
        try await Desk.run { desk in
            for policy in desk.app.policies where policy.access == .member {
                let path = Self.path(policy.pattern, ID<Order>().description)
                let answer = try await Browser(desk.app).raw(policy.method, path)
                #expect(
                    [401, 303, 403].contains(answer.status),
                    "\(policy.method) \(policy.pattern): \(answer.status)")
                if answer.status == 303 {
                    #expect(answer.header("location")?.hasPrefix("/sign-in") == true)
                }
            }
        }
    }

    @Test(arguments: [SellerRole.catalogue, .orders, .finance, .support])
    func `a role opens its own pages and no others`(_ role: SellerRole) async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(role)
            for policy in desk.app.policies
            where policy.method == "GET" && policy.access == .member
                && !policy.pattern.contains("{")
            {
                let needs = policy.needs.compactMap { SellerPermission(rawValue: $0) }
                let mayRead = needs.allSatisfy { role.permissions.contains($0) }
                let answer = try await browser.raw("GET", policy.pattern)
                #expect(
                    (answer.status == 403) != mayRead,
                    "\(role) \(policy.pattern): \(answer.status)")
            }
        }
    }

    @Test func `another seller's ids are not there`() async throws {
        try await Desk.run { desk in
            let other = try await desk.market.given.verifiedSeller("Other")
            let listing = try await desk.listing("Theirs", by: other)
            let document = try await desk.kernel.addDocument(
                .identity, fileName: "p.png", bytes: png, as: other.member)
            let browser = try await desk.colleague(.owner)
            let program = try await desk.program()

            for path in ["/listings/\(listing.listing.id)", "/shop/documents/\(document.id)"] {
                #expect(try await browser.raw("GET", path).status == 404, "\(path)")
            }
            let id = listing.listing.id
            #expect(try await program.get("/api/v1/listings/\(id)").status == 404)
            #expect(
                try await program.send("PUT", "/api/v1/listings/\(id)/publication", nil).status
                    == 404)
            #expect(try await program.get("/api/v1/shop?seller=\(other.id)").status == 404)
            #expect(
                try await program.send(
                    "PUT", "/api/v1/variants/\(listing.variants[0].id)/stock", ["onHand": 0]
                ).status == 404)
        }
    }

    @Test func `a person of two shops chooses one`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let other = try await desk.market.given.verifiedSeller("Second")
            let page = try await browser.get("/shops")
            #expect(!page.text.contains("Second"))
            let team = try await desk.kernel.team(as: desk.shop.member)
            let me = try #require(team.last)
            try await desk.kernel.addMember(email: me.email, role: .support, as: other.member)

            let choice = try await browser.get("/")
            #expect(choice.text.contains("Second"))
            #expect(choice.text.contains("Clay &amp; Kiln"))
        }
    }

    @Test func `a token is shown once and can be revoked`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.visitor("Ada")

            let made = try await browser.submit(
                try await browser.get("/tokens"), "/tokens",
                ["name": "Stock script", "catalogue": "write", "orders": "", "days": "30"])
            #expect(made.text.contains("gh_seller_"))
            let later = try await browser.get("/tokens")
            #expect(!later.text.contains("gh_seller_"))
            #expect(later.text.contains("Stock script"))
        }
    }

    @Test func `an owner runs the team`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let helper = try await desk.market.given.account("Bo Helper")
            let page = try await browser.get("/team")
            // A phone has no room for more than a word in a select box.
            #expect(page.text.contains(">Support</option>"))
            #expect(page.text.contains("<li>Support: orders to read, reviews to answer</li>"))

            #expect(page.text.contains("action=\"/team/invitations\""))
            try await desk.kernel.addMember(
                email: helper.email, role: .support, as: desk.shop.member)
            let added = try await browser.get("/team")
            #expect(added.text.contains(helper.email))
            let changed = try await browser.submit(
                added, "/team/\(helper.id)", ["role": "finance"])
            #expect(changed.status == 200)
            _ = try await browser.submit(added, "/team/\(helper.id)/leave")

            #expect(try await desk.kernel.memberships(of: helper.id).isEmpty)
        }
    }

    static func path(_ pattern: String, _ value: String) -> String {
        pattern.split(separator: "/", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("{") ? value : String($0) }.joined(separator: "/")
    }
}
