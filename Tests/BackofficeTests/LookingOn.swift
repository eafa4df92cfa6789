import Backoffice
import Kernel
import Postgres
import SellerDesk
import Storefront
import TestSupport
import Testing
import Vocabulary
import Web

/// The three apps of one market, and somebody of support who is signed in to the back office.
struct LookingOn: Sendable {
    static let password = "a long sentence of words"
    static let reason = "The parcel is said to be lost."

    let market: TestMarketplace
    let office: WebApp
    let shop: WebApp
    let desk: WebApp
    let clerk: Account
    /// The clerk's browser.
    let browser: Browser
    let customer: Account
    let seller: GivenSeller
    /// Another shop that the seller's owner works for.
    let second: GivenSeller

    var kernel: Marketplace { market.marketplace }

    static func run(
        settings: (inout KernelSettings) -> Void = { _ in },
        _ body: (LookingOn) async throws -> Void
    ) async throws {
        try await TestMarketplace.run(settings: settings) { market in
            let office = try Office.app(of: market, settings: TestWeb.settings)
            let clerk = try await register("Sam Support", market)
            try await market.database.execute(
                "insert into account_role (account_id, role) values (\(clerk.id), 'support')")
            let seller = try await market.given.verifiedSeller()
            let second = try await market.given.verifiedSeller("Second Studio")
            try await market.database.execute(
                """
                insert into seller_member (seller_id, account_id, role)
                values (\(second.id), \(seller.owner.id), 'owner')
                """)
            try await body(
                LookingOn(
                    market: market, office: office,
                    shop: try Storefront.app(
                        marketplace: market.marketplace, redis: TestWeb.redis,
                        settings: TestWeb.settings, logger: TestServers.logger),
                    desk: try SellerDesk.app(
                        marketplace: market.marketplace, redis: TestWeb.redis,
                        settings: TestWeb.settings, logger: TestServers.logger),
                    clerk: clerk, browser: try await signIn(clerk, office),
                    customer: try await register("Grace Customer", market),
                    seller: seller, second: second))
        }
    }

    static func register(_ name: String, _ market: TestMarketplace) async throws -> Account {
        try await market.marketplace.register(
            Registration(
                email: "\(ID<Account>())@example.test", name: name, password: password))
    }

    static func signIn(_ account: Account, _ app: WebApp) async throws -> Browser {
        let browser = Browser(app)
        _ = try await browser.submitOnce(
            try await browser.get("/sign-in"), "/sign-in",
            ["email": account.email, "password": password])
        return browser
    }

    /// The page that hands over, as the clerk's browser gets it.
    func handOver(
        _ person: Account, at seller: GivenSeller? = nil, reason: String = reason
    ) async throws -> WebAnswer {
        let path = "/accounts/\(person.id)"
        var values = ["app": "customer", "reason": reason]
        if let seller { values = ["app": "seller", "seller": "\(seller.id)", "reason": reason] }
        return try await browser.submitOnce(
            try await browser.get(path), path + "/impersonations", values)
    }

    /// What opens it, from the form that leads to the other app.
    func pass(
        _ person: Account, at seller: GivenSeller? = nil
    ) async throws -> String {
        let page = try await handOver(person, at: seller)
        let settings = kernel.settings
        let action = (seller == nil ? settings.storefrontURL : settings.sellerURL) + "/on-behalf"
        let fields = HTMLForm.fields(of: action, in: page.text) ?? []
        return try #require(fields.first { $0.0 == "pass" }?.1, "\(page.text)")
    }

    /// A browser that looks on as the customer, or as the seller's owner at the desk.
    func eyes(atDesk isAtDesk: Bool = false) async throws -> Browser {
        let pass =
            isAtDesk ? try await pass(seller.owner, at: seller) : try await pass(customer)
        let eyes = Browser(isAtDesk ? desk : shop)
        let answer = try await eyes.post("/on-behalf", [("pass", pass)])
        #expect(answer.status == 303, "\(answer.text)")
        return eyes
    }

    /// What programs are answered who ask for it with the clerk's session.
    func ask(
        _ person: Account, at seller: GivenSeller? = nil, reason: String = reason
    ) async throws -> WebAnswer {
        var body: JSONValue = ["app": "customer", "reason": .string(reason)]
        if let seller {
            body = [
                "app": "seller", "seller": .string("\(seller.id)"), "reason": .string(reason),
            ]
        }
        return try await browser.send(
            "POST", "/api/v1/accounts/\(person.id)/impersonations", body)
    }

    /// Whether somebody is signed in with this browser.
    func isIn(_ browser: Browser) async throws -> Bool {
        try await browser.send("GET", "/api/v1/account").status == 200
    }

    /// The newest one.
    func last() async throws -> Impersonation {
        try #require(try await kernel.impersonations().items.first)
    }

    /// What the trail says of the newest one, oldest first.
    func trail() async throws -> [AuditEntry] {
        try await kernel.auditTrail(
            .object(kind: "impersonation", id: try await last().id.description), PageRequest()
        ).items.reversed()
    }
}

extension JSONValue {
    var array: [JSONValue]? { if case .array(let items) = self { items } else { nil } }
}
