import Kernel
import SellerDesk
import TestSupport
import Testing
import Vocabulary
import Web

/// The seller app over a market of its own, with a verified shop in it.
struct Desk: Sendable {
    let market: TestMarketplace
    let app: WebApp
    let shop: GivenSeller

    var kernel: Marketplace { market.marketplace }

    static func run(
        settings change: (inout KernelSettings) -> Void = { _ in },
        _ body: (Desk) async throws -> Void
    ) async throws {
        try await TestMarketplace.run(settings: change) { market in
            let app = try SellerDesk.app(
                marketplace: market.marketplace, redis: TestWeb.redis, settings: TestWeb.settings,
                logger: TestServers.logger)
            try await body(
                Desk(market: market, app: app, shop: try await market.given.verifiedSeller()))
        }
    }

    func token(of account: Account) async throws -> String {
        try await kernel.createAccessToken(named: "test", for: .seller, of: account.id).secret
    }

    /// A program that acts for the shop's owner.
    func program(of account: Account? = nil) async throws -> Program {
        Program(
            browser: Browser(app), token: try await token(of: account ?? shop.owner))
    }

    /// A browser in which the owner of a new account is signed in.
    func visitor(_ name: String) async throws -> Browser {
        let browser = Browser(app)
        let page = try await browser.get("/register")
        let email = "\(ID<Account>())@example.test"
        let answer = try await browser.submit(
            page, "/register",
            ["name": name, "email": email, "password": "correct horse battery"])
        #expect(answer.status == 200)
        return browser
    }

    /// A browser in which somebody works for the shop in a role.
    func colleague(_ role: SellerRole) async throws -> Browser {
        let browser = Browser(app)
        let page = try await browser.get("/register")
        let email = "\(ID<Account>())@example.test"
        _ = try await browser.submitOnce(
            page, "/register",
            ["name": "Bo Helper", "email": email, "password": "correct horse battery"])
        try await kernel.addMember(email: email, role: role, as: shop.member)
        return browser
    }

    func listing(_ title: String, by seller: GivenSeller? = nil) async throws -> ListingDetails {
        let member = (seller ?? shop).member
        let made = try await kernel.createListing(
            ListingDraft(
                title: title,
                variants: [VariantDraft(price: Money(1900, .eur), sku: title, onHand: 3)]),
            as: member)
        try await kernel.publishListing(made.listing.id, as: member)
        return made
    }
}

/// A program with a token.
struct Program: Sendable {
    let browser: Browser
    let token: String

    func get(_ path: String) async throws -> WebAnswer {
        try await browser.send("GET", path, token: token)
    }

    func send(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> WebAnswer
    {
        try await browser.send(method, path, body, token: token)
    }

    func upload(_ path: String, _ bytes: [UInt8], type: String) async throws -> WebAnswer {
        try await browser.raw(
            "POST", path,
            headers: [
                ("accept", "application/json"), ("content-type", type),
                ("authorization", "Bearer \(token)"),
            ], body: bytes)
    }
}

/// A picture of four by three pixels.
let png = MarketSide.picture
