import Kernel
import Postgres
import ProviderKit
import Redis
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Whoever looks on` {
    /// What may be done in another person's place, and nothing else.
    static let open: Set<String> = [
        "POST /on-behalf", "POST /on-behalf/end", "POST /api/v1/on-behalf",
        "DELETE /api/v1/on-behalf", "POST /sign-out", "DELETE /api/v1/sessions/current",
        // The shop's.
        "POST /cart/lines", "POST /cart/lines/{variant}", "POST /api/v1/cart/lines",
        "PUT /api/v1/cart/lines/{variant}", "DELETE /api/v1/cart", "POST /country",
        "POST /listings/{listing}/wish", "POST /wishes/{listing}/removal",
        "PUT /api/v1/wishes/{listing}", "DELETE /api/v1/wishes/{listing}",
        // The desk's.
        "POST /listings/{listing}/images/order",
        "POST /listings/{listing}/images/{image}/first",
        "POST /listings/{listing}/images/{image}/earlier",
        "POST /listings/{listing}/images/{image}/later",
    ]
    /// What reads, and hands data out, or goes to a provider.
    static let closed: Set<String> = [
        "GET /api/v1/account/data", "GET /purchases/{purchase}/return", "GET /kept-form",
        "GET /money/accounts/{instance}/return", "GET /money/accounts/{instance}/link",
        "GET /export", "GET /api/v1/export", "GET /shop/documents/{document}",
        "GET /api/v1/statements/{wallet}/{currency}/{month}/csv",
        "GET /api/v1/statements/{wallet}/{currency}/{month}/pdf",
    ]
    /// Words of routes that move money, or change who somebody is.
    static let never = [
        "money", "wallet", "payment", "payout", "purchase", "checkout", "order", "refund",
        "capture", "receipt", "cancellation", "invoice", "price", "stock", "password", "token",
        "two-step", "team", "mail", "address", "account", "erasure", "data", "claim", "shop/",
        "apply", "application", "document", "import",
    ]

    @Test func `is refused every writing route that is not declared, and reading writes nothing`()
        async throws
    {
        try await LookingOn.run { market in
            let thing = try await market.market.given.listing("Cup", by: market.seller)
            let maker = try await market.kernel.seller(market.seller.id)
            let known = [
                "language": "fr", "listing": "\(thing.id)", "variant": "\(thing.variant)",
                "seller": maker.slug, "wallet": "\(market.seller.wallet)", "currency": "EUR",
            ]
            for isAtDesk in [false, true] {
                let eyes = try await market.eyes(atDesk: isAtDesk)
                let app = isAtDesk ? market.desk : market.shop
                let before = try await DatabasePrint(market.market.database)
                var refused = 0
                for policy in app.policies where !policy.isOpenOnBehalf {
                    let path = PathPattern.path(policy.pattern) { _ in PathPattern.nobody }
                    let answer = try await eyes.raw(policy.method, path)
                    let name = "\(policy.method) \(policy.pattern)"
                    #expect(answer.status == 403, "\(name): \(answer.status)")
                    #expect(
                        policy.pattern.hasPrefix("/api/")
                            ? answer.text.contains("/problems/web.not-on-behalf")
                            : answer.text.contains(
                                "Only the person can do this, and nobody who looks on as them."),
                        "\(name): \(answer.text)")
                    refused += 1
                }
                #expect(refused > 40)
                var (read, found) = (0, 0)
                for policy in app.policies where policy.method == "GET" && policy.isOpenOnBehalf {
                    let path = PathPattern.path(policy.pattern) { known[$0] ?? PathPattern.nobody }
                    // As a browser asks that follows a link of the page that it is on.
                    let answer = try await eyes.raw(
                        "GET", path, headers: [("sec-fetch-site", "same-origin")])
                    #expect(answer.status < 500, "\(path): \(answer.text)")
                    read += 1
                    found += answer.status < 400 ? 1 : 0
                }
                #expect(read > 30 && found > 10, "\(found) of \(read)")
                let changes = before.changes(to: try await DatabasePrint(market.market.database))
                #expect(changes.isEmpty, "\(changes) changed")
                #expect(try await market.isIn(eyes))
            }
        }
    }

    @Test func `may do what is on this list alone, and nothing of it is of money`() async throws {
        try await LookingOn.run { market in
            let policies = market.shop.policies + market.desk.policies
            func names(_ wanted: (RoutePolicy) -> Bool) -> Set<String> {
                Set(policies.filter(wanted).map { "\($0.method) \($0.pattern)" })
            }

            #expect(names { $0.method != "GET" && $0.isOpenOnBehalf } == Self.open)
            #expect(names { $0.method == "GET" && !$0.isOpenOnBehalf } == Self.closed)
            for route in Self.open where route != "POST /listings/{listing}/images/order" {
                for word in Self.never {
                    #expect(!route.contains(word), "\(route) is about \(word)")
                }
            }
            #expect(market.office.policies.allSatisfy { $0.method == "GET" || !$0.mayBeOpen })
        }
    }

    @Test func `leaves lines under their own name, on behalf of the person`() async throws {
        try await LookingOn.run { market in
            let thing = try await market.market.given.listing("Cup", by: market.seller)
            let eyes = try await market.eyes()

            let answer = try await eyes.send("PUT", "/api/v1/wishes/\(thing.id)")
            #expect(answer.status == 204, "\(answer.text)")
            _ = try await eyes.submit(try await eyes.get("/"), "/on-behalf/end")

            let lines = try await market.trail()
            #expect(
                lines.map(\.action) == [
                    "impersonation.allowed", "impersonation.begun", "impersonation.acted",
                    "impersonation.acted", "impersonation.ended",
                ])
            for line in lines {
                #expect(line.actor == market.clerk.id && line.actorKind == .admin)
                #expect(line.onBehalfOf == market.customer.id, "\(line.action)")
                #expect(line.reason == nil && line.impersonationReason == LookingOn.reason)
            }
            #expect(lines[2].after?.contains("PUT /api/v1/wishes/{listing}") == true)
            let boss = try await market.market.given.administrator()
            let token = try await market.kernel.createAccessToken(
                named: "test", for: .admin, of: boss.id)
            let found = try await Browser(market.office).send(
                "GET", "/api/v1/audit?person=\(market.customer.id)", token: token.secret)
            #expect(found.json?["items"]?.array?.count == 5)
            #expect(found.text.contains("\"impersonationReason\":\"\(LookingOn.reason)\""))
            let page = try await market.browser.get("/impersonations")
            #expect(page.text.contains(LookingOn.reason))
            let trail = try await Browser(market.office).raw(
                "GET", "/audit?person=\(market.customer.id)",
                headers: [("authorization", "Bearer \(token.secret)")])
            #expect(trail.status == 200 && trail.text.contains(LookingOn.reason))
        }
    }

    @Test func `is named where the kernel writes the person's own acts`() async throws {
        try await LookingOn.run { market in
            let made = try await market.market.given.listing("Cup", by: market.seller)
            _ = try await market.kernel.addImage(
                MarketSide.picture, alt: "", to: made.id, as: market.seller.member)
            let eyes = try await market.eyes(atDesk: true)
            let image = try #require(
                try await market.kernel.listing(made.id, as: market.seller.member).images.first
            ).id

            let page = try await eyes.get("/listings/\(made.id)")
            let moved = try await eyes.submitOnce(
                page, "/listings/\(made.id)/images/order", ["images": "\(image)"])
            #expect(moved.status == 303, "\(moved.text)")

            let line = try #require(
                try await market.kernel.auditTrail(
                    .object(kind: "listing", id: "\(made.id)"), PageRequest()
                ).items.first)
            #expect(line.actor == market.clerk.id && line.actorKind == .admin)
            #expect(line.onBehalfOf == market.seller.owner.id)
            #expect(line.seller == market.seller.id)
            #expect(line.impersonationReason == LookingOn.reason)
        }
    }

    /// In how many ways it ends, and what is written down then.
    enum Way: String, CaseIterable, CustomTestStringConvertible {
        case banner, signOut, office, time, role, clerkSignedOut, clerkClosed
        case personEverywhere, personThisOne, leftTheShop

        var testDescription: String { rawValue }

        var ending: Impersonation.Ending {
            switch self {
            case .banner, .signOut, .office: .administrator
            case .time: .timeOver
            case .role, .clerkClosed, .leftTheShop: .rightLost
            case .clerkSignedOut: .signedOut
            case .personEverywhere, .personThisOne: .person
            }
        }
    }

    @Test(arguments: Way.allCases)
    func `is out at once, also with a stolen cookie`(_ way: Way) async throws {
        try await LookingOn.run { market in
            let isAtDesk = way == .leftTheShop
            let eyes = try await market.eyes(atDesk: isAtDesk)
            let thief = Browser(isAtDesk ? market.desk : market.shop)
            let name = isAtDesk ? "guildhall_seller" : "guildhall_customer"
            thief.setCookie(name, eyes.cookie(name))
            #expect(try await market.isIn(thief))

            try await end(way, market, eyes)

            #expect(try await !market.isIn(thief))
            #expect(try await thief.send("DELETE", "/api/v1/on-behalf").status == 401)
            try await market.kernel.endLapsedImpersonations()
            #expect(try await market.last().ending == way.ending)
            #expect(try await market.trail().last?.action == "impersonation.ended")
        }
    }

    private func end(_ way: Way, _ market: LookingOn, _ eyes: Browser) async throws {
        let database = market.market.database
        switch way {
        case .banner: _ = try await eyes.submit(try await eyes.get("/"), "/on-behalf/end")
        case .signOut: _ = try await eyes.submit(try await eyes.get("/"), "/sign-out")
        case .office:
            let path = "/impersonations/\(try await market.last().id)/end"
            let page = try await market.browser.get("/impersonations")
            _ = try await market.browser.submit(page, path, ["reason": "Enough."])
        case .time:
            try await database.execute("update impersonation set until = clock_timestamp()")
        case .role:
            try await market.kernel.withdraw(.support, from: market.clerk.id, by: nil)
        case .clerkSignedOut:
            let page = try await market.browser.get("/")
            _ = try await market.browser.submitOnce(page, "/sign-out")
        case .clerkClosed:
            try await database.execute(
                "update account set state = 'closed' where id = \(market.clerk.id)")
        case .personEverywhere, .personThisOne:
            let own = try await LookingOn.signIn(market.customer, market.shop)
            let page = try await own.get("/security")
            let others = "/security/other-sessions/end"
            let one = try #require(
                try await own.send("GET", "/api/v1/sessions").json?["items"]?.array?
                    .first { $0["isSupport"] == .bool(true) }?["id"]?.string)
            _ = try await own.submit(
                page, way == .personThisOne ? "/security/sessions/\(one)/end" : others)
        case .leftTheShop:
            try await database.execute(
                """
                delete from seller_member where account_id = \(market.seller.owner.id)
                """)
        }
    }

    @Test func `is out when the session of the back office is gone from Redis`() async throws {
        try await LookingOn.run { market in
            let eyes = try await market.eyes()
            let token = try #require(market.browser.cookie("guildhall_admin"))
            let hash = hexadecimal(sha256(Array(token.utf8)))
            _ = try await TestWeb.redis.send("DEL", [.string("session:admin:\(hash)")])

            #expect(try await !market.isIn(eyes))
            #expect(try await market.last().ending == .signedOut)
        }
    }

    @Test func `has one at a time in one browser, however often it is begun there`() async throws {
        try await LookingOn.run { market in
            let eyes = Browser(market.shop)
            for _ in 1...7 {
                let pass = try await market.pass(market.customer)
                #expect(try await eyes.post("/on-behalf", [("pass", pass)]).status == 303)
            }

            let all = try await market.kernel.impersonations().items
            #expect(all.map(\.ending) == [nil] + Array(repeating: .administrator, count: 6))
            #expect(try await market.isIn(eyes))
        }
    }

    @Test func `has few at a time`() async throws {
        try await LookingOn.run { market in
            for _ in 1...5 { _ = try await market.pass(market.customer) }
            #expect(
                try await market.ask(market.customer).text.contains("impersonation.too-many"))
        }
    }
}

extension RoutePolicy {
    /// Nobody looks on in the back office, whatever its shared routes say.
    fileprivate var mayBeOpen: Bool {
        isOpenOnBehalf && !["/sign-out", "/api/v1/sessions/current"].contains(pattern)
    }
}
