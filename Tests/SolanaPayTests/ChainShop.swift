import Kernel
import Postgres
import ProviderKit
import Synchronization
import TestSupport
import Testing
import Vocabulary

/// A shop that sells for an asset of the chain.
struct ChainShop: Sendable {
    let market: TestMarketplace
    let chain: ChainMarket
    let way: ID<ProviderInstance>
    let thing: GivenListing
    let buyer: Buyer
    private let history = History()

    private struct Past {
        var placed: [PlacedPurchase] = []
        /// What came on a fork that the chain did not follow, in minor units.
        var forgotten: Int64 = 0
    }

    private final class History: Sendable {
        let past = Mutex(Past())
    }

    /// Every scenario ends with our books compared with the chain.
    /// - Parameter seed: its node is a bad one, whose faults come by this seed.
    static func run(
        _ asset: Asset, faults seed: Int? = nil, _ body: (ChainShop) async throws -> Void
    ) async throws {
        try await TestMarketplace.run(settings: TestChain.patience(faults: seed)) { market in
            let shop = try await ChainShop(market, asset, faults: seed)
            try await body(shop)
            try await shop.compare()
        }
    }

    private init(_ market: TestMarketplace, _ asset: Asset, faults seed: Int?) async throws {
        self.market = market
        chain = try await ChainMarket(asset)
        _ = try await market.given.instance(.shipping)
        _ = try await market.given.instance(.tax)
        way = try await market.given.instance(
            ofPayments: "solana-pay",
            [
                "node": chain.chain.node(faults: seed),
                "usdc": chain.usdc,
            ])
        let seller = try await market.given.verifiedSeller()
        let wallet = try await market.marketplace.addWallet(
            WalletDraft(
                kind: .chainAddress, label: "Solana",
                details: WalletDetails(chain: "solana", address: chain.seller)),
            as: seller.member)
        try await market.marketplace.makeDefault(wallet.id, as: seller.member)
        let currency = asset == .sol ? SolanaPayTests.sol : SolanaPayTests.usdc
        thing = try await market.given.listing(
            price: Money(12_345_678, currency), by: seller, stock: 1000)
        buyer = Buyer(account: try await market.given.account("Grace Customer").id)
    }

    func placed() async throws -> PlacedPurchase {
        let checkout = try await market.marketplace.startCheckout(
            [CheckoutItem(variant: thing.variant, quantity: 1)], to: Given.address,
            email: "grace@example.com", as: buyer)
        let placed = try await market.marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: way, method: chain.asset.rawValue) { _ in
                "http://127.0.0.1/"
            }, as: buyer)
        history.past.withLock { $0.placed.append(placed) }
        return placed
    }

    /// The customer's wallet does what the page says, or sends another amount.
    func pay(_ placed: PlacedPurchase, amount: Int? = nil) async throws -> String {
        guard case .instructions(let lines) = placed.next,
            let line = lines.first(where: { $0.form == .link })
        else { throw TestSupportError.notFound("an address to pay to") }
        return try await chain.pay(.init(url: line.value, amount: amount))
    }

    /// The chain goes another way, on which this never happened.
    func forget(_ signature: String, of placed: PlacedPurchase) async throws {
        try await chain.chain.forget(signature)
        history.past.withLock { $0.forgotten += placed.payment.amount.amount }
    }

    /// What came to the seller's wallet is in our books once, to the unit; the commission of what
    /// is paid is the seller's debt, and nothing else is.
    private func compare() async throws {
        let past = history.past.withLock { $0 }
        let came = try await chain.earned() - past.forgotten
        var booked = try await receipts()
        // A provider that failed often is left alone for a while.
        for _ in 0..<1200 where booked != came {
            try await look()
            booked = try await receipts()
            try await Task.sleep(for: .milliseconds(100))
        }
        #expect(booked == came, "the chain and our books")
        var commission: Int64 = 0
        for one in past.placed {
            let detail = try await detail(one)
            guard detail.purchase.state == .paid else { continue }
            commission += detail.orders.reduce(0) { $0 + $1.order.amounts.commission.amount }
        }
        let balance = try await market.marketplace.balances(of: thing.seller.id).first
        #expect(balance?.receivable.amount ?? 0 == -commission)
        for check in try await market.marketplace.verifyLedger().checks
        where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }

    private func receipts() async throws -> Int64 {
        try await market.database.query(
            """
            select coalesce(sum(amount), 0)::bigint from payment_receipt
            where instance_id = \(way)
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// What the worker does every second, without waiting for its next look.
    func look() async throws {
        try await market.database.execute(
            "update payment_attempt set next_try_at = now() where state in ('sent', 'unknown')")
        while try await market.marketplace.settlePayments() > 0 {}
    }

    /// What our books have of all payments that can no longer vanish: a node that is behind shows
    /// what came before that.
    func certain() async throws -> Int64 {
        try await market.database.query(
            "select coalesce(sum(amount), 0)::bigint from payment_receipt where is_final"
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    func detail(_ placed: PlacedPurchase) async throws -> PurchaseDetail {
        try await market.marketplace.findPurchase(placed.purchase.id, as: buyer)
    }

    func state(_ placed: PlacedPurchase) async throws -> Purchase.State {
        try await detail(placed).purchase.state
    }
}
