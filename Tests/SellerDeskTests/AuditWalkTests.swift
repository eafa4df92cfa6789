import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary
import Web

/// Every write of a seller leaves a line in the audit trail, with the person and the shop. A new
/// route needs a case here, or a place on the short list.
@Suite struct `The trail of the desk` {
    /// What somebody may do without a line, and why.
    static let silent: [String: String] = [
        "POST /accounts": "a person registers, for no shop",
        "POST /sessions": "signing in changes nothing of the market's",
        "DELETE /sessions": "signing out changes nothing of the market's",
        "DELETE /sessions/current": "signing out changes nothing of the market's",
        "PUT /account/password": "one's own; the kernel's test of accounts sees its line",
        "POST /account/email": "one's own; the kernel's test of addresses sees its line",
        "PUT /email-changes/{change}": "one's own; the kernel's test of addresses sees its line",
        "PUT /account/mail": "one's own e-mail",
        "PUT /account/name": "how one is called oneself",
        "PUT /account/language": "the language of one's own e-mail",
        "DELETE /sessions/others": "signing out changes nothing of the market's",
        "DELETE /sessions/{session}": "signing out changes nothing of the market's",
        "POST /account/two-step": "one's own; the line is written when it is confirmed",
        "PUT /account/two-step": "one's own; the kernel's test of second factors sees its line",
        "POST /account/two-step/recovery-codes": "one's own, seen by the kernel's test",
        "POST /account/two-step/removal": "one's own, seen by the kernel's test",
        "POST /password-resets": "a letter is written; nothing is changed yet",
        "PUT /password-resets/{reset}": "one's own; the kernel's test of it sees its line",
        "POST /on-behalf": "nobody's own; the back office's tests of looking on see its line",
        "DELETE /on-behalf": "nobody's own; the back office's tests of looking on see its line",
        "POST /tokens": "made with a password; the kernel's test of tokens sees its line",
        "PUT /invitations/{link}": "the reader's own; the kernel's test of it sees its line",
    ]
    /// What needs a refund or a capture that failed, or a provider with sellers' accounts: its verb
    /// writes the line, and the kernel's tests run it.
    static let elsewhere: Set<String> = [
        "POST /orders/{order}/refunds/{refund}/retries", "POST /orders/{order}/captures",
        "POST /payout-accounts/{instance}/links",
    ]
    /// One write: what is sent, or the upload of a picture.
    typealias Case = @Sendable (Counter) async throws -> (path: String, body: JSONValue?)

    @Test func `every write is recorded with the person, the shop, before or after`() async throws {
        try await Desk.run { desk in
            let counter = try await Counter(desk)
            let writes = desk.app.policies.filter { $0.method != "GET" }
            for write in writes where write.pattern.hasPrefix("/api/v1") {
                let route = "\(write.method) \(write.pattern.dropFirst(7))"
                if Self.silent[route] != nil || Self.elsewhere.contains(route) { continue }
                guard let prepare = Self.cases[route] else {
                    Issue.record("\(route) has no case in AuditWalkTests: see that it is audited")
                    continue
                }
                let (path, body) = try await prepare(counter)
                let before = try await counter.lines()
                let answer = try await counter.send(write.method, path, body)
                #expect((200..<300).contains(answer.status), "\(route): \(answer.text)")
                let line = try await counter.lines().dropFirst(before.count).last
                #expect(line != nil, "\(route) left no line in the trail")
                #expect(line?.actor == desk.shop.owner.id && line?.actorKind == .seller, "\(route)")
                let isOwn =
                    ["POST /shops", "POST /shop/submission"].contains(route)
                    || route.hasPrefix("DELETE /tokens")
                #expect(isOwn || line?.seller == desk.shop.id, "\(route) is for no shop")
                #expect(line?.before != nil || line?.after != nil, "\(route) shows no change")
            }
            for write in writes where !write.pattern.hasPrefix("/api/") {
                let operation = try #require(
                    Self.forms[write.pattern],
                    "\(write.pattern) is not said to do what an operation of the API does")
                #expect(
                    operation.isEmpty || Self.cases[operation] != nil
                        || Self.elsewhere.contains(operation) || Self.silent[operation] != nil,
                    "\(write.pattern)")
            }
        }
    }

    static let cases: [String: Case] = things.merging(shop) { first, _ in first }
        .merging(orders) { first, _ in first }.merging(shipping) { first, _ in first }
        .merging(ratings) { first, _ in first }.merging(team) { first, _ in first }

    private static let things: [String: Case] = [
        "POST /listings": { _ in
            ("/listings", ["title": "Spoon", "variants": [["price": euros(900)]]])
        },
        "PUT /listings/{listing}": { counter in
            let made = try await counter.desk.listing("Changed")
            return (
                "/listings/\(made.listing.id)",
                [
                    "title": "Changed indeed",
                    "variants": [["price": euros(1000), "sku": "Changed", "onHand": 2]],
                ]
            )
        },
        "PUT /variants/{variant}/stock": { counter in
            let made = try await counter.desk.listing("Stocked")
            return ("/variants/\(made.variants[0].id)/stock", ["onHand": 7])
        },
        "PUT /listings/{listing}/publication": { counter in
            let made = try await counter.desk.listing("Published")
            try await counter.desk.kernel.unpublishListing(
                made.listing.id, as: counter.desk.shop.member)
            return ("/listings/\(made.listing.id)/publication", nil)
        },
        "DELETE /listings/{listing}/publication": { counter in
            ("/listings/\(try await counter.desk.listing("Drafted").listing.id)/publication", nil)
        },
        "DELETE /listings/{listing}": { counter in
            ("/listings/\(try await counter.desk.listing("Archived").listing.id)", nil)
        },
        "POST /listings/{listing}/images": { counter in
            ("/listings/\(try await counter.desk.listing("Shown").listing.id)/images", nil)
        },
        "PUT /listings/{listing}/images": { counter in
            let (listing, images) = try await counter.pictures("Arranged")
            return (
                "/listings/\(listing)/images",
                ["images": .array(images.reversed().map { .string($0.id.description) })]
            )
        },
        "DELETE /listings/{listing}/images/{image}": { counter in
            let (listing, images) = try await counter.pictures("Removed")
            return ("/listings/\(listing)/images/\(images[0].id)", nil)
        },
        "POST /imports": { _ in
            (
                "/imports",
                [
                    "csv": .string(
                        "Handle,Title,Variant SKU,Variant Price\n"
                            + "imported-cup,Imported cup,IMP,12.50\n")
                ]
            )
        },
    ]

    private static let shop: [String: Case] = [
        "POST /shops": { _ in ("/shops", ["name": "Second shop", "country": "DE"]) },
        "PUT /shop": { _ in ("/shop", ["name": "Clay & Fire", "country": "DE"]) },
        "PUT /shop/policies": { _ in ("/shop/policies", ["policies": "Fourteen days."]) },
        "PUT /stock/threshold": { _ in ("/stock/threshold", ["pieces": 7]) },
        "PUT /shop/destinations": { _ in
            ("/shop/destinations", ["countries": ["DE", "AT"]])
        },
        "PUT /shop/holiday": { counter in
            ("/shop/holiday", .object(try await counter.comingWeek()))
        },
        "DELETE /shop/holiday": { counter in
            let now = try await counter.desk.kernel.marketNow()
            try await counter.desk.kernel.setHoliday(
                from: now.advanced(days: 3), until: now.advanced(days: 5), note: "",
                as: counter.desk.shop.member)
            return ("/shop/holiday", nil)
        },
        "POST /shop/documents": { _ in
            (
                "/shop/documents",
                [
                    "kind": "identity", "fileName": "pass.png",
                    "content": .string(base64(png, urlSafe: false)),
                ]
            )
        },
        "POST /shop/submission": { counter in
            let (kernel, owner) = (counter.desk.kernel, counter.desk.shop.owner.id)
            let seller = try await kernel.applyToSell(
                SellerProfile(
                    name: "Third shop", country: "DE", legalName: "Clay GmbH",
                    origin: Given.address), by: owner)
            _ = try await kernel.addDocument(
                .identity, fileName: "pass.png", bytes: png,
                as: try await kernel.membership(of: owner, in: seller.id))
            return ("/shop/submission?seller=\(seller.id)", nil)
        },
        "POST /team": { counter in
            let helper = try await counter.desk.market.given.account("Bo Helper")
            return ("/team", ["email": .string(helper.email), "role": "support"])
        },
        "PUT /team/{account}": { counter in
            ("/team/\(try await counter.helper())", ["role": "finance"])
        },
        "DELETE /team/{account}": { counter in ("/team/\(try await counter.helper())", nil) },
        "POST /wallets": { _ in
            ("/wallets", ["kind": "platformBalance", "label": "Second"])
        },
        "PUT /wallets/{wallet}": { counter in
            (
                "/wallets/\(counter.desk.shop.wallet)",
                [
                    "kind": "platformBalance", "label": "Renamed",
                    "details": ["holder": "Clay", "iban": "DE02120300000000202051"],
                ]
            )
        },
        "PUT /wallets/{wallet}/payout-schedules/{currency}": { counter in
            (
                "/wallets/\(counter.desk.shop.wallet)/payout-schedules/EUR",
                ["every": "weekly", "day": 1]
            )
        },
        "PUT /wallets/{wallet}/default": { counter in
            let wallet = try await counter.desk.kernel.addWallet(
                WalletDraft(kind: .platformBalance, label: "Third"),
                as: counter.desk.shop.member)
            return ("/wallets/\(wallet.id)/default", nil)
        },
        "DELETE /tokens/{token}": { counter in
            let token = try await counter.desk.kernel.createAccessToken(
                named: "script", for: .seller, of: counter.desk.shop.owner.id)
            return ("/tokens/\(token.token.id)", nil)
        },
    ]

    private static let orders: [String: Case] = [
        "POST /orders/{order}/shipments": { counter in
            ("/orders/\(try await counter.order())/shipments", ["carrier": "Post"])
        },
        "POST /orders/{order}/cancellation": { counter in
            ("/orders/\(try await counter.order())/cancellation", ["reason": "It broke."])
        },
        "POST /orders/{order}/refunds": { counter in
            let order = try await counter.order()
            try await counter.ship(order)
            return ("/orders/\(order)/refunds", ["reason": "It broke."])
        },
        "POST /orders/{order}/receipts": { counter in
            let order = try await PromisedOrder(counter.desk)
            let amount: JSONValue = [
                "amount": .integer(order.amount.amount), "currency": "EUR",
            ]
            return ("/orders/\(order.id)/receipts", ["amount": amount])
        },
        "POST /orders/{order}/refused-delivery": { counter in
            let order = try await PromisedOrder(counter.desk)
            return ("/orders/\(order.id)/refused-delivery", ["reason": "Nobody was there."])
        },
    ]

    private static func euros(_ amount: Int64) -> JSONValue {
        ["amount": .integer(amount), "currency": "EUR"]
    }
}

/// A desk with a customer before it, and what a write may be done to.
struct Counter: Sendable {
    let desk: Desk
    private let program: Program
    private let payment: ID<ProviderInstance>
    let buyer: Buyer
    let customer: Account

    init(_ desk: Desk) async throws {
        self.desk = desk
        program = try await desk.program()
        payment = try await desk.market.given.providers()
        customer = try await desk.market.given.account("Grace Customer")
        buyer = Buyer(account: customer.id)
    }

    func send(_ method: String, _ path: String, _ body: JSONValue?) async throws -> WebAnswer {
        // The owner has several shops by the end of the walk.
        let address = path.contains("?") ? path : path + "?seller=\(desk.shop.id)"
        if method == "POST", path.hasSuffix("/images") {
            return try await program.upload("/api/v1" + address, png, type: "image/png")
        }
        return try await program.send(method, "/api/v1" + address, body)
    }

    /// The trail, oldest first.
    func lines() async throws -> [AuditEntry] {
        var lines: [AuditEntry] = []
        var after: String?
        repeat {
            let page = try await desk.kernel.auditTrail(
                .everything, PageRequest(after: after, limit: 100))
            lines += page.items
            after = page.next
        } while after != nil
        return lines.reversed()
    }

    func pictures(_ title: String) async throws -> (ID<Listing>, [ListingImage]) {
        let listing = try await desk.listing(title).listing.id
        var images: [ListingImage] = []
        for _ in 0..<2 {
            images.append(
                try await desk.kernel.addImage(png, alt: "", to: listing, as: desk.shop.member))
        }
        return (listing, images)
    }

    /// A holiday that has not begun, so that nothing of the shop is touched by it.
    func comingWeek() async throws -> [String: JSONValue] {
        let now = try await desk.kernel.marketNow()
        return [
            "from": .string("\(Day(containing: now.advanced(days: 3)))"),
            "until": .string("\(Day(containing: now.advanced(days: 9)))"),
        ]
    }

    func helper() async throws -> ID<Account> {
        let helper = try await desk.market.given.account("Bo Helper")
        try await desk.kernel.addMember(
            email: helper.email, role: .support, as: desk.shop.member)
        return helper.id
    }

    /// A paid order of the shop.
    func order() async throws -> ID<Order> { try await bought().order.id }

    func ship(_ order: ID<Order>) async throws {
        try await desk.kernel.shipOrder(
            order, in: try ShippedParcel(carrier: "Post"), as: desk.shop.member)
    }

    func review() async throws -> ID<Review> {
        let bought = try await bought()
        try await ship(bought.order.id)
        try await desk.kernel.confirmDelivery(bought.order.id, as: buyer)
        return try await desk.kernel.review(
            bought.lines[0].id, ReviewDraft(stars: 5, body: "Lovely"), by: customer.id
        ).id
    }

    func bought() async throws -> OrderDetail {
        let listing = try await desk.market.given.listing(by: desk.shop)
        let checkout = try await desk.kernel.startCheckout(
            [CheckoutItem(variant: listing.variant, quantity: 1)], to: Given.address,
            email: "grace@example.com", as: buyer)
        let placed = try await desk.kernel.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: payment, method: "card") { _ in "http://127.0.0.1/" },
            as: buyer)
        return try #require(
            try await desk.kernel.findPurchase(placed.purchase.id, as: buyer).orders.first)
    }
}
