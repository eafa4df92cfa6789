import Kernel
import Storefront
import TestSupport
import Testing
import Vocabulary
import Web

@Suite struct `Nonsense on every route of the shop` {
    private func nonsense(
        _ complain: (Nonsense) async throws -> [String]
    ) async throws {
        try await OpenShop.run { shop in
            let account = try await shop.market.given.account()
            let probe = Nonsense(shop.app, token: try await shop.token(account))
            let before = try await DatabasePrint(shop.market.database)

            let complaints = try await complain(probe)

            let changes = before.changes(to: try await DatabasePrint(shop.market.database))
            #expect(complaints.isEmpty, "\(complaints.joined(separator: "\n"))")
            #expect(changes.isEmpty, "\(changes) changed")
        }
    }

    private static func path(_ pattern: String, _ value: String) -> String {
        PathPattern.path(pattern) { _ in value }
    }

    @Test func `in a field is answered with 422 and its name`() async throws {
        try await nonsense { try await $0.complaintsOfBodies() }
    }

    @Test func `instead of JSON is answered before anything is done`() async throws {
        try await nonsense { try await $0.complaintsOfBytes() }
    }

    @Test func `in a query is answered with 422 and its name`() async throws {
        try await nonsense { try await $0.complaintsOfQueries() }
    }

    @Test func `in a path is nothing that is there`() async throws {
        try await nonsense { try await $0.complaintsOfPaths() }
    }

    @Test func `in a path is not there either when it looks like an id`() async throws {
        try await nonsense {
            try await $0.complaintsOfUnknownIDs(except: [
                "DELETE /api/v1/wishes/{listing}": "what nobody has is on no list"
            ])
        }
    }

    @Test func `instead of a form is answered by a page before anything is done`() async throws {
        try await nonsense { try await $0.complaintsOfFormBytes() }
    }

    @Test func `in a form is refused on the page`() async throws {
        try await nonsense { try await $0.complaintsOfForms() }
    }

    @Test func `on pages is a page with a sentence`() async throws {
        try await OpenShop.run { shop in
            for route in shop.app.routeList where route.hasPrefix("GET /") {
                let pattern = String(route.dropFirst(4))
                guard !pattern.hasPrefix("/api") else { continue }
                for value in [ID<Order>().description, "%00", "nonsense"] {
                    let answer = try await Browser(shop.app).raw(
                        "GET", Self.path(pattern, value) + "?after=x&limit=-1&from=abc&text=%22%3E")
                    #expect(answer.status < 500, "\(pattern) \(answer.status)")
                }
            }
        }
    }

    @Test func `to the webhook is refused before anything is kept`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)

            let unknown = try await browser.raw("POST", "/webhooks/\(ID<Order>())", body: [1])
            let forged = try await browser.raw("POST", "/webhooks/\(shop.payment)", body: [1])
            let large = try await browser.raw(
                "POST", "/webhooks/\(shop.payment)", headers: [("content-length", "300000")])

            #expect(unknown.status == 404)
            #expect(forged.status == 401)
            #expect(large.status == 413)
        }
    }

    /// Providers send again what is answered so, and give up what is called forged.
    @Test func `is not what a webhook is called whose secret is missing here`() async throws {
        try await OpenShop.run { shop in
            TestBank.of(shop.payment).beDeaf(.misconfigured(message: "The secret is missing."))

            let answer = try await Browser(shop.app).raw(
                "POST", "/webhooks/\(shop.payment)",
                headers: [("x-test-signature", "signed"), ("x-test-event", "e-1")],
                body: Array("p".utf8))

            #expect((500..<600).contains(answer.status), "\(answer.status)")
        }
    }

    @Test func `to the webhook is soon not even looked at, and harms nobody elsewhere`()
        async throws
    {
        try await OpenShop.run(web: { $0.limits.webhook = .init(3, per: 60) }) { shop in
            let (guesser, provider) = (Browser(shop.app), Browser(shop.app))
            let second = try await shop.market.given.instance(.payment)
            func deliver(
                _ browser: Browser, as event: String, signed: Bool = true,
                at instance: ID<ProviderInstance>? = nil
            ) async throws -> WebAnswer {
                try await browser.raw(
                    "POST", "/webhooks/\(instance ?? shop.payment)",
                    headers: [
                        ("x-test-signature", signed ? "signed" : "forged"),
                        ("x-test-event", event),
                    ], body: Array("p".utf8))
            }
            for number in 1...10 {
                #expect(try await deliver(guesser, as: "good-\(number)").status == 200)
            }

            var answers: [Int] = []
            for _ in 1...6 {
                answers.append(try await deliver(guesser, as: "bad", signed: false).status)
            }
            let refused = try await deliver(guesser, as: "late")

            #expect(answers == [401, 401, 401, 429, 429, 429])
            // The limit is met before anything is read of it.
            #expect(refused.status == 429)
            let wait = refused.header("retry-after").flatMap { Int($0) }
            #expect((1...60).contains(wait ?? 0))
            #expect(try await deliver(provider, as: "other").status == 200)
            #expect(try await deliver(guesser, as: "there", at: second).status == 200)
        }
    }

    @Test
    func `to the webhook is refused and counted nowhere, from the machine itself or without Redis`()
        async throws
    {
        try await OpenShop.run(web: { $0.limits.webhook = .init(3, per: 60) }) { shop in
            var settings = TestWeb.settings
            settings.limits.webhook = .init(3, per: 60)
            let blind = try Storefront.app(
                marketplace: shop.marketplace, redis: TestWeb.noRedis, settings: settings,
                logger: TestServers.logger)

            for (app, address) in [
                (shop.app, "127.0.0.1"), (shop.app, "::1"), (blind, "203.0.113.7"),
            ] {
                func deliver(_ signature: String) async throws -> Int {
                    try await Browser(app).raw(
                        "POST", "/webhooks/\(shop.payment)",
                        headers: [
                            ("x-forwarded-for", address), ("x-test-signature", signature),
                            ("x-test-event", "from \(address)"),
                        ], body: Array("p".utf8)
                    ).status
                }
                for _ in 0..<5 { #expect(try await deliver("forged") == 401, "\(address)") }
                #expect(try await deliver("signed") == 200, "\(address)")
            }
        }
    }

    @Test func `pictures are found by their hash only`() async throws {
        try await OpenShop.run { shop in
            let browser = Browser(shop.app)

            for path in [
                "/media/x", "/media/..%2F..%2Fetc%2Fpasswd",
                "/media/\(String(repeating: "0", count: 64))",
            ] {
                #expect(try await browser.raw("GET", path).status == 404)
            }
            let style = try await browser.get("/")
            let start = try #require(style.text.firstRange(of: "/assets/"))
            let sheet = try await browser.raw(
                "GET", String(style.text[start.lowerBound...].prefix { $0 != "\"" }))
            #expect(sheet.header("content-type") == "text/css; charset=utf-8")
            #expect(sheet.header("cache-control")?.contains("immutable") == true)
        }
    }
}
