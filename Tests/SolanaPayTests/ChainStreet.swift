import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Two shops that sell for an asset of the chain, each with a wallet of its own, and a customer who
/// buys of both at once.
struct ChainStreet: Sendable {
    struct Shop: Sendable {
        let name: String
        let seller: GivenSeller
        let thing: GivenListing
        /// Its wallet's address on the chain.
        let wallet: String
        fileprivate let before: Int
    }

    let market: TestMarketplace
    let chain: TestChain
    let asset: Asset
    let usdc: String
    let way: ID<ProviderInstance>
    let shops: [Shop]
    let buyer: Buyer
    let customer: String

    /// Every scenario ends with our books compared with the chain.
    /// - Parameters:
    ///   - isShared: whether both shops have one wallet.
    ///   - seed: its node is a bad one, whose faults come by this seed.
    static func run(
        _ asset: Asset, isShared: Bool = false, faults seed: Int? = nil,
        _ body: (ChainStreet) async throws -> Void
    ) async throws {
        try await TestMarketplace.run(settings: TestChain.patience(faults: seed)) { market in
            let street = try await ChainStreet(market, asset, isShared, seed)
            try await body(street)
            try await street.compare()
        }
    }

    private init(
        _ market: TestMarketplace, _ asset: Asset, _ isShared: Bool, _ seed: Int?
    ) async throws {
        self.market = market
        self.asset = asset
        chain = try await TestChain.running()
        usdc = try await chain.mint()
        customer = try await chain.wallet(5_000_000_000, [usdc: 500_000_000])
        _ = try await market.given.instance(.shipping)
        _ = try await market.given.instance(.tax)
        way = try await market.given.instance(
            ofPayments: "solana-pay",
            ["node": chain.node(faults: seed), "usdc": usdc])
        let currency = asset == .sol ? SolanaPayTests.sol : SolanaPayTests.usdc
        var shops: [Shop] = []
        for (name, price) in [("North Loom", Int64(30_000_000)), ("Clay & Ember", 12_000_000)] {
            let shared = isShared ? shops.first?.wallet : nil
            let wallet =
                if let shared { shared } else {
                    try await chain.wallet(1_000_000_000, [usdc: 0])
                }
            let seller = try await market.given.verifiedSeller(name)
            let place = try await market.marketplace.addWallet(
                WalletDraft(
                    kind: .chainAddress, label: "Solana",
                    details: WalletDetails(chain: "solana", address: wallet)),
                as: seller.member)
            try await market.marketplace.makeDefault(place.id, as: seller.member)
            shops.append(
                Shop(
                    name: name, seller: seller,
                    thing: try await market.given.listing(
                        name + "'s thing", price: Money(price, currency), by: seller, stock: 1000),
                    wallet: wallet, before: try await chain.lamports(wallet)))
        }
        self.shops = shops
        buyer = Buyer(account: try await market.given.account("Grace Customer").id)
    }

    func checkout(_ more: [GivenListing] = []) async throws -> Checkout {
        try await market.marketplace.startCheckout(
            (shops.map(\.thing) + more).map { CheckoutItem(variant: $0.variant, quantity: 1) },
            to: Given.address, email: "grace@example.com", as: buyer)
    }

    func place(_ checkout: Checkout) async throws -> PlacedPurchase {
        try await market.marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: way, method: asset.rawValue) { _ in
                "http://127.0.0.1/"
            }, as: buyer)
    }

    /// A purchase of both, and its orders in the order of the shops.
    func placed() async throws -> (PlacedPurchase, [Order]) {
        let placed = try await place(try await checkout())
        let orders = try await detail(placed).orders.map(\.order)
        return (
            placed,
            try shops.map { shop in
                try #require(orders.first { $0.seller == shop.seller.id })
            }
        )
    }

    /// What the customer's wallet is given for an order.
    func url(_ placed: PlacedPurchase, _ order: Order) throws -> String {
        guard case .instructions(let lines) = placed.next,
            let line = lines.first(where: {
                $0.form == .link && $0.orderID == order.id.description
            })
        else { throw TestSupportError.notFound("an address to pay an order to") }
        return line.value
    }

    /// The customer's wallet does what the page says of an order, or sends so much more or less.
    @discardableResult
    func pay(
        _ placed: PlacedPurchase, _ order: Order, more: Int64 = 0, isFinal: Bool = true
    ) async throws -> String {
        let signature = try await chain.pay(
            .init(url: try url(placed, order), amount: Int(order.amounts.total.amount + more)),
            from: customer)
        if isFinal { try await chain.finalize(signature) }
        return signature
    }

    /// What the worker does every second, without waiting for its next look.
    func look() async throws {
        try await market.database.execute(
            "update payment_attempt set next_try_at = now() where state in ('sent', 'unknown')")
        while try await market.marketplace.settlePayments() > 0 {}
    }

    func detail(_ placed: PlacedPurchase) async throws -> PurchaseDetail {
        try await market.marketplace.findPurchase(placed.purchase.id, as: buyer)
    }

    func stand(_ placed: PlacedPurchase, _ order: Order) async throws -> ShareStand {
        try #require(try await detail(placed).shares.first { $0.order == order.id })
    }

    /// What is written at an order of money that somebody has to look at.
    func notes(_ placed: PlacedPurchase, _ order: Order) async throws -> [String?] {
        try await detail(placed).orders.first { $0.order.id == order.id }?.events
            .filter { $0.kind == "money-to-look-at" }.map(\.note) ?? []
    }

    func owed(by shop: Shop) async throws -> Int64 {
        try await market.marketplace.balances(of: shop.seller.id)
            .first { $0.receivable.currency == shop.thing.price.currency }?.receivable.amount ?? 0
    }

    /// Minor units that a shop's wallet has more than before.
    func earned(_ shop: Shop) async throws -> Int64 {
        switch asset {
        case .sol: Int64(try await chain.lamports(shop.wallet) - shop.before)
        case .usdc: Int64(try await chain.tokens(shop.wallet, usdc))
        }
    }

    private func receipts(of sharers: [Shop]) async throws -> Int64 {
        try await market.database.query(
            """
            select coalesce(sum(r.amount), 0)::bigint
            from payment_receipt r join orders o on o.id = r.order_id
            where o.seller_id = any(\(sharers.map(\.seller.id))::uuid[])
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// What came to the wallets is in our books once, to the unit and for the right shop.
    private func compare() async throws {
        try await look()
        let wallets = Dictionary(grouping: shops, by: \.wallet)
        for (_, sharers) in wallets {
            let came = try await earned(sharers[0])
            var booked = try await receipts(of: sharers)
            // A provider that failed often is left alone for a while.
            for _ in 0..<1200 where booked != came {
                try await look()
                booked = try await receipts(of: sharers)
                try await Task.sleep(for: .milliseconds(100))
            }
            #expect(came == booked, "\(sharers.map(\.name))")
        }
        for check in try await market.marketplace.verifyLedger().checks
        where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }
}
