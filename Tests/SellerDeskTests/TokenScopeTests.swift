import Kernel
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `A token with scopes` {
    private func token(_ desk: Desk, _ account: Account, _ scopes: [TokenScope]) async throws
        -> String
    {
        try await desk.kernel.createAccessToken(
            named: "script", for: .seller, of: account.id, scopes: scopes
        ).secret
    }

    /// Every route of the desk, pages too: what is not in the scope is refused, and not done.
    @Test(arguments: TokenScope.allCases)
    func `opens what is in it on every route, and nothing else`(
        _ scope: TokenScope
    ) async throws {
        try await Desk.run { desk in
            let sides = try await TwoSidedMarket(desk.market)
            let token = try await token(desk, sides.ours.seller.owner, [scope])
            let caller = try await RouteCaller(desk.app, token: token)
            let before = try await DatabasePrint(desk.market.database)
            var refused = 0
            for policy in desk.app.policies {
                switch policy.access {
                case .member?:
                    let needs = policy.needs.compactMap { SellerPermission(rawValue: $0) }
                    #expect(needs.count == policy.needs.count)
                    if needs.allSatisfy({ scope.permissions.contains($0) }) { continue }
                case .signedIn?:
                    let open = [
                        "/api/v1/account", "/api/v1/shops", "/api/v1/categories",
                        "/api/v1/categories/{category}/attributes",
                    ]
                    if policy.method == "GET", open.contains(policy.pattern) { continue }
                case .everyone?, .administrator?, nil: continue
                }
                let answer = try await caller.call(policy) { sides.ours.sellerIDs[$0] }
                refused += 1
                #expect(
                    answer.status == 403, "\(policy.method) \(policy.pattern): \(answer.status)")
                if policy.pattern.hasPrefix("/api/") {
                    #expect(
                        answer.json?["type"]?.string == "/problems/web.not-in-scope",
                        "\(policy.method) \(policy.pattern): \(answer.text)")
                }
            }
            #expect(refused > 60)
            #expect(before == (try await DatabasePrint(desk.market.database)))
            for policy in desk.app.policies
            where policy.access == .member && policy.method == "GET" {
                let needs = policy.needs.compactMap { SellerPermission(rawValue: $0) }
                guard needs.allSatisfy({ scope.permissions.contains($0) }) else { continue }
                let answer = try await caller.call(policy) { sides.ours.sellerIDs[$0] }
                #expect(
                    answer.status != 403, "\(policy.method) \(policy.pattern): \(answer.status)")
            }
        }
    }

    @Test func `is never more than its person's role`() async throws {
        try await Desk.run { desk in
            let clerk = try await desk.market.given.account("Clerk")
            try await desk.kernel.addMember(
                email: clerk.email, role: .support, as: desk.shop.member)
            let program = Program(
                browser: Browser(desk.app),
                token: try await token(desk, clerk, [.writeOrders, .writeFinance, .writeSupport]))

            #expect(try await program.get("/api/v1/orders").status == 200)
            let wallets = try await program.get("/api/v1/wallets")
            #expect(wallets.status == 403)
            #expect(wallets.json?["type"]?.string == "/problems/web.forbidden")
        }
    }

    @Test func `makes no token that may do more`() async throws {
        try await Desk.run { desk in
            let token = try await token(desk, desk.shop.owner, [.writeCatalogue])
            let caller = try await RouteCaller(desk.app, token: token)

            let page = try await caller.submit(
                "/tokens", ["name": "Wider", "finance": "write"])

            #expect(page.status == 403)
            #expect(try await desk.kernel.accessTokens(of: desk.shop.owner.id).items.count == 1)
        }
    }

    @Test func `is limited below the page as well`() async throws {
        try await Desk.run { desk in
            let member = SellerMember(
                seller: desk.shop.id, account: desk.shop.owner.id, role: .owner,
                limits: TokenScope.readOrders.permissions)

            await #expect(throws: SellerRefusal.notAllowed) {
                try await desk.kernel.team(as: member)
            }
            _ = try await desk.kernel.listOrders(as: member, OrderFilter(), PageRequest())
        }
    }

    @Test func `is chosen, shown and documented`() async throws {
        try await Desk.run { desk in
            let browser = try await desk.colleague(.owner)
            let page = try await browser.get("/tokens")
            let none = try await browser.submit(
                page, "/tokens", ["name": "Nothing", "days": "90"])
            #expect(none.status == 422 && none.text.contains("Say what the token may do."))
            #expect(none.text.contains("value=\"Nothing\""))
            let made = try await browser.submit(
                page, "/tokens",
                ["name": "Stock", "catalogue": "write", "orders": "read", "days": "30"])
            #expect(made.text.contains("May do: Catalogue: read and change, Orders: read only"))
            #expect(made.text.contains("Never used"))
            let start = try #require(made.text.firstRange(of: "gh_seller_"))
            let secret = String(made.text[start.lowerBound...].prefix { $0 != "<" })
            let program = Program(browser: Browser(desk.app), token: secret)
            #expect(try await program.get("/api/v1/listings").status == 200)
            #expect(try await browser.get("/tokens").text.contains("Last used:"))

            let operation = desk.app.document["paths"]?["/api/v1/listings"]?["post"]
            #expect(operation?["x-scopes"]?.items.map(\.string) == ["catalogue:write"])
            #expect(
                try await browser.get("/docs").text.contains("Scopes of tokens: catalogue:write."))
        }
    }
}
