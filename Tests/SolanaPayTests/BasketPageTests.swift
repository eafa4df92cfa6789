import Kernel
import ProviderKit
import Storefront
import TestServers
import TestSupport
import Testing
import Vocabulary
import Web

// A customer's browser, the market and the chain.
@Suite struct `The page of a purchase of two makers` {
    struct Said: Sendable {
        let code, paid, open, back: String
    }

    static let languages = [
        Said(code: "en", paid: "paid", open: " still to pay", back: "that bought nothing"),
        Said(code: "de", paid: "bezahlt", open: " zu zahlen", back: "nichts gekauft wurde"),
        Said(code: "fr", paid: "payé", open: " à payer", back: "rien acheté"),
    ]

    @Test(arguments: languages)
    func `tells of each maker what has arrived, and in the end who has it`(
        _ said: Said
    ) async throws {
        try await ChainStreet.run(.usdc) { street in
            let (browser, page) = try await waiting(street, said.code)
            let path = "/purchases/\(try await purchase(street))"
            #expect(page.header("refresh") != nil)
            #expect(links(page).count == 2)
            #expect(page.text.components(of: "<svg xmlns") == 2)
            #expect(page.text.components(of: "<span class=\"tag bad\">") >= 2)

            try await pay(street.shops[0], street, page)
            let half = try await browser.get(path + "/return")

            #expect(half.text.contains("<h3>North Loom <span class=\"tag good\">\(said.paid)<"))
            let other = try #require(half.text.firstRange(of: "<h3>Clay &amp; Ember <span"))
            let state = half.text[other.upperBound...].prefix { $0 != "/" }
            #expect(state.contains(said.open) && state.contains("USDC"), "\(state)")
            #expect(links(half).map { $0.contains(street.shops[1].wallet) } == [true])

            try await street.market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
            try await street.market.marketplace.expirePurchases()
            let over = try await browser.get(path)
            #expect(over.text.components(of: said.back) == 1)
            let back = try #require(over.text.firstRange(of: said.back))
            #expect(over.text[..<back.lowerBound].suffix(120).contains("North Loom"))
        }
    }

    @Test func `turns into that of a paid one when both have arrived`() async throws {
        try await ChainStreet.run(.usdc) { street in
            let (browser, page) = try await waiting(street, "en")
            for shop in street.shops { try await pay(shop, street, page) }

            let paid = try await browser.get("/purchases/\(try await purchase(street))/return")

            #expect(paid.text.contains("<span class=\"tag good\">paid</span></h1>"))
            #expect(links(paid).isEmpty)
            #expect(paid.header("refresh") == nil)
        }
    }

    @Test func `is told to programs as well`() async throws {
        try await ChainStreet.run(.sol) { street in
            let (placed, orders) = try await street.placed()
            try await street.pay(placed, orders[0])
            try await street.look()
            let account = try #require(street.buyer.account)
            let token = try await street.market.marketplace.createAccessToken(
                named: "test", for: .customer, of: account
            ).secret

            let told = try await Browser(try app(street)).send(
                "GET", "/api/v1/purchases/\(placed.purchase.id)", token: token)

            guard case .array(let shares)? = told.json?["shares"],
                case .array(let lines)? = told.json?["payment"]?["instructions"]
            else { throw TestSupportError.notFound("shares in \(told.text)") }
            let paid = shares.first { $0["orderId"]?.string == orders[0].id.description }
            #expect(shares.count == 2)
            #expect(paid?["isPaid"] == true)
            #expect(Set(lines.compactMap { $0["orderId"]?.string }).count == 2)
        }
    }

    private func app(_ street: ChainStreet) throws -> WebApp {
        try Storefront.app(
            marketplace: street.market.marketplace, redis: TestWeb.redis,
            settings: TestWeb.settings, logger: TestServers.logger)
    }

    /// A guest's browser with the page of a purchase of both shops that waits for the money.
    private func waiting(
        _ street: ChainStreet, _ language: String
    ) async throws -> (Browser, WebAnswer) {
        let browser = Browser(try app(street))
        browser.setCookie("guildhall_language", language)
        for shop in street.shops {
            _ = try await browser.submit(
                try await browser.get("/listings/\(shop.thing.id)"), "/cart/lines",
                ["variant": shop.thing.variant.description, "quantity": "1"])
        }
        let pay = try await browser.submit(
            try await browser.get("/checkout"), "/checkout",
            [
                "email": "grace@example.test", "address.name": "Grace",
                "address.lines": "Hauptstraße 5", "address.postalCode": "50667",
                "address.city": "Köln", "address.country": "DE",
            ])
        let start = try #require(pay.text.firstRange(of: "action=\"/checkout/"))
        let action = "/checkout/\(pay.text[start.upperBound...].prefix(36))/purchase"
        return (browser, try await browser.submit(pay, action, ["way": "\(street.way) usdc"]))
    }

    private func purchase(_ street: ChainStreet) async throws -> ID<Purchase> {
        let ids = try await street.market.database.query("select id from purchase")
            .decode { c in try c.next(ID<Purchase>.self) }
        return try #require(ids.first)
    }

    /// What the page opens in a wallet.
    private func links(_ page: WebAnswer) -> [String] {
        page.text.ranges(of: "href=\"solana:").map { found in
            "solana:"
                + page.text[found.upperBound...].prefix { $0 != "\"" }
                .replacing("&amp;", with: "&")
        }
    }

    private func pay(_ shop: ChainStreet.Shop, _ street: ChainStreet, _ page: WebAnswer)
        async throws
    {
        let link = try #require(links(page).first { $0.contains(shop.wallet) })
        let signature = try await street.chain.pay(.init(url: link), from: street.customer)
        try await street.chain.finalize(signature)
    }
}

extension String {
    fileprivate func components(of text: String) -> Int { ranges(of: text).count }
}
