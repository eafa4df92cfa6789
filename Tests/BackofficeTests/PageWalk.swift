import Kernel
import SellerDesk
import Storefront
import TestSupport
import Testing
import Web

/// Somebody at one of the apps, who goes wherever links and forms lead, some addresses of each
/// route.
struct PageWalk: Sendable {
    let name: String
    let app: WebApp
    let token: String
    let starts: [String]
    let language: String

    /// What was found.
    struct Found {
        /// The pages, by their addresses.
        var pages: [String: String] = [:]
        /// The routes that answered.
        var routes: Set<String> = []
        /// Where forms are sent to.
        var actions: Set<String> = []
        /// What was answered with a fault of ours.
        var faults: [String] = []
    }

    /// Of a route that has many addresses.
    private static let addressesMax = 40

    /// The routes for people, by method.
    func routes(_ method: String) -> [String] {
        app.policies.filter { $0.method == method && !$0.pattern.hasPrefix("/api/") }
            .map(\.pattern)
    }

    func go() async throws -> Found {
        let browser = Browser(app)
        browser.setCookie("guildhall_language", language)
        let patterns = routes("GET")
        var (waiting, known) = (starts, Set(starts))
        var visits: [String: Int] = [:]
        var found = Found()
        while let path = waiting.popLast() {
            guard let route = Self.route(of: path, among: patterns),
                route != "/language/{language}",
                visits[route, default: 0] < Self.addressesMax
            else { continue }
            visits[route, default: 0] += 1
            let answer = try await browser.raw(
                "GET", path, headers: [("authorization", "Bearer \(token)")])
            if answer.status >= 500 { found.faults.append("\(name) \(path): \(answer.status)") }
            if answer.status < 400 { found.routes.insert(route) }
            var links = [answer.header("location")].compactMap(\.self)
            let type = answer.header("content-type") ?? ""
            if type.hasPrefix("text/html") || type.contains("xml") {
                found.pages[path] = answer.text
                links += answer.text.matches(of: /(?:href|src)="(\/[^"#\/][^"#]*)/)
                    .map { Self.plain($0.1) }
                found.actions.formUnion(
                    answer.text.matches(of: /action="(\/[^"#]*)/).map { Self.plain($0.1) })
            }
            for link in links.reversed() where known.insert(link).inserted {
                waiting.insert(link, at: 0)
            }
        }
        return found
    }

    /// The route that answers a path: of several that fit, the one with the fewest names in it.
    static func route(of path: String, among patterns: [String]) -> String? {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        func names(_ pattern: String) -> Int { PathPattern.names(pattern).count }
        return patterns.filter { pattern in
            let wanted = pattern.split(separator: "/")
            return wanted.count == parts.count
                && zip(wanted, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }.min { names($0) < names($1) }
    }

    private static func plain(_ link: Substring) -> String {
        String(link).replacing("&amp;", with: "&").replacing("&#39;", with: "'")
            .replacing("&quot;", with: "\"").replacing("&lt;", with: "<")
            .replacing("&gt;", with: ">").replacing("\"", with: "%22")
            .replacing("<", with: "%3C").replacing(">", with: "%3E").replacing(" ", with: "%20")
    }
}

extension WrittenMarket {
    /// Each of the three apps, with somebody who may see everything of theirs.
    func walks(on kernel: Marketplace, _ language: String) async throws -> [PageWalk] {
        let (settings, logger) = (TestWeb.settings, TestServers.logger)
        let administrator = try #require(office.accounts[.administrator])
        let shop = try Storefront.app(
            marketplace: kernel, redis: TestWeb.redis, settings: settings, logger: logger)
        let desk = try SellerDesk.app(
            marketplace: kernel, redis: TestWeb.redis, settings: settings, logger: logger)
        let back = try Office.app(on: kernel, settings: settings)
        let slug = try await kernel.seller(seller.id).slug
        var walks: [PageWalk] = []
        for (name, app, audience, person) in [
            ("shop", shop, AccessToken.Audience.customer, customer),
            ("desk", desk, AccessToken.Audience.seller, seller.owner),
            ("office", back, AccessToken.Audience.admin, administrator),
        ] {
            let token = try await kernel.createAccessToken(
                named: "7", for: audience, of: person.id
            ).secret
            walks.append(
                PageWalk(
                    name: name, app: app, token: token,
                    starts: (Self.alike + starts(name, slug)).reversed(), language: language))
        }
        return walks
    }

    private static let alike = [
        "/docs", "/register", "/sign-in", "/email", "/password", "/password/forgotten",
        "/kept-form", "/",
    ]

    /// Where to begin, besides the first page: what links lead to only sometimes.
    private func starts(_ name: String, _ slug: String) -> [String] {
        switch name {
        case "shop":
            [
                "/search", "/search?text=bowl", "/account", "/account/addresses", "/account/data",
                "/checkout", "/checkout/\(checkout)", "/cart", "/wishes", "/listings/\(listing)",
                "/listings/\(listing)/reviews", "/makers/\(slug)", "/makers/\(slug)/reviews",
                "/sitemap.xml", "/sitemap/makers", "/sitemap/categories", "/robots.txt",
                "/find-purchase",
            ] + purchases.map { "/purchases/\($0)" }
        case "desk":
            [
                "/apply", "/shops", "/orders", "/orders?state=cancelled",
                "/orders?state=delivered", "/orders/labels", "/orders/packing-slips",
                "/orders/pick-list", "/listings", "/listings/new", "/listings/\(listing)",
                "/stock/\(variant)", "/reviews", "/money", "/money/accounts", "/money/disputes",
                "/money/invoices", "/money/statement", "/tokens", "/export",
            ]
        default:
            [
                "/search?text=bowl", "/sellers/\(seller.id)", "/accounts/\(customer.id)",
                "/listings/\(listing)", "/disputes", "/disputes/unreadable", "/mails", "/outbox",
                "/outbox?state=waiting",
                "/bank-reports", "/payments/to-review", "/name", "/me",
                "/providers/\(provider)/drain",
            ] + purchases.map { "/purchases/\($0)" }
        }
    }
}
