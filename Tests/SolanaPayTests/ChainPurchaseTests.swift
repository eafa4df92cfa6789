import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

// The whole market, with wallets on a chain that runs the real programs.
@Suite struct `Purchases that are paid on the chain` {
    @Test(arguments: Asset.allCases)
    func `are found by the worker, and the commission is the seller's debt`(
        _ asset: Asset
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await ChainShop(market, asset)
            let placed = try await shop.placed()
            #expect(placed.refusal == nil)
            #expect(placed.payment.state == .requiresAction)
            #expect(try await shop.state(placed) == .awaitingPayment)

            let signature = try await shop.pay(placed)
            try await shop.look()
            let seen = try await shop.detail(placed)
            #expect(seen.purchase.state == .awaitingPayment)
            #expect(seen.payment?.state == .processing)
            #expect(seen.payment?.received == placed.payment.amount)
            try await shop.chain.chain.finalize(signature)
            try await shop.look()

            let paid = try await shop.detail(placed)
            #expect(paid.purchase.state == .paid)
            #expect(paid.payment?.captured == placed.payment.amount)
            #expect(try await shop.chain.earned() == placed.payment.amount.amount)
            let order = try #require(paid.orders.first).order
            let balance = try #require(
                try await market.marketplace.balances(of: shop.thing.seller.id).first)
            #expect(balance.receivable.amount == -order.amounts.commission.amount)
            #expect(order.amounts.commission.isPositive)
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `keep what is too much for somebody to look at, told once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await ChainShop(market, .usdc)
            let placed = try await shop.placed()
            let more = Int(placed.payment.amount.amount) + 5
            try await shop.chain.chain.finalize(try await shop.pay(placed, amount: more))

            for _ in 0..<3 { try await shop.look() }

            let payment = try #require(try await shop.detail(placed).payment)
            #expect(payment.state == .captured)
            #expect(payment.surplus?.amount == 5)
            #expect(
                try await market.marketplace.paymentsToReview().items.map(\.id) == [payment.id])
            let notes = try #require(try await shop.detail(placed).orders.first).events
                .count { $0.kind == "money-to-look-at" }
            #expect(notes == 1)
        }
    }

    @Test func `are not paid with a transaction that counts for another payment`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await ChainShop(market, .usdc)
            let (first, second) = (try await shop.placed(), try await shop.placed())
            let signature = try await shop.pay(first)
            try await shop.chain.chain.finalize(signature)
            // What a node that lies, or a mistake of ours, would come to.
            try await market.database.execute(
                """
                insert into payment_receipt (payment_id, instance_id, id, amount, received_at,
                    is_final)
                values (\(second.payment.id), \(shop.way), \(signature + "#0"),
                    \(first.payment.amount.amount), now(), true)
                """)

            try await shop.look()

            #expect(try await shop.state(first) == .awaitingPayment)
            #expect(try await shop.detail(first).payment?.captured.isZero == true)
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `are open again when the chain went another way`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await ChainShop(market, .sol)
            let placed = try await shop.placed()
            let signature = try await shop.pay(placed)
            try await shop.look()
            #expect(try await shop.detail(placed).payment?.received.isPositive == true)

            try await shop.chain.chain.forget(signature)
            try await shop.look()

            let payment = try #require(try await shop.detail(placed).payment)
            #expect(payment.state == .requiresAction)
            #expect(payment.received.isZero)
            let kept = try await market.database.query("select from payment_receipt")
            #expect(kept.isEmpty)
            #expect(try await shop.state(placed) == .awaitingPayment)
        }
    }

    @Test func `are over when nothing came in time, and what comes later is looked at`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await ChainShop(market, .sol)
            let placed = try await shop.placed()
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
            try await market.marketplace.expirePurchases()
            #expect(try await shop.state(placed) == .cancelled)

            try await shop.chain.chain.finalize(try await shop.pay(placed))
            try await shop.look()

            let late = try #require(try await shop.detail(placed).payment)
            #expect(late.state == .late)
            #expect(late.received == late.amount)
            #expect(try await market.marketplace.paymentsToReview().items.map(\.id) == [late.id])
            let balance = try await market.marketplace.balances(of: shop.thing.seller.id).first
            #expect(balance?.receivable.isZero ?? true)
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }

    /// Its node is busy, gone, breaks off or is behind, by a seed; customers pay what they are
    /// asked for, less, more, twice or nothing. In the end the shop's wallet on the chain has what
    /// our books say.
    @Test(arguments: [3])
    func `are the same on the chain and in our books, whatever its node does`(
        seed: Int
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await ChainShop(market, .usdc, faults: seed)
            var placed: [PlacedPurchase] = []
            for number in 0..<40 where placed.count < 5 {
                let one = try await shop.placed()
                // A start that met a bad answer is tried another time, as customers do.
                guard case .instructions = one.next else { continue }
                let asked = Int(one.payment.amount.amount)
                let sent = [asked, asked, asked - 1, asked + 3, nil][number % 5]
                if let sent {
                    try await shop.chain.chain.finalize(try await shop.pay(one, amount: sent))
                }
                if number % 5 == 1 {
                    try await shop.chain.chain.finalize(try await shop.pay(one, amount: 7))
                }
                placed.append(one)
                try await shop.look()
            }
            #expect(placed.count == 5)

            var received: Int64 = 0
            let onChain = try await shop.chain.earned()
            for _ in 0..<100 where received != onChain {
                try await shop.look()
                received = 0
                for one in placed {
                    received += try await shop.detail(one).payment?.received.amount ?? 0
                }
            }

            #expect(received == onChain, "every unit that came, once")
            var commission: Int64 = 0
            for one in placed {
                let detail = try await shop.detail(one)
                let isWhole = (detail.payment?.received.amount ?? 0) >= detail.purchase.total.amount
                #expect((detail.purchase.state == .paid) == isWhole)
                guard isWhole else { continue }
                commission += detail.orders.reduce(0) { $0 + $1.order.amounts.commission.amount }
            }
            let balance = try await market.marketplace.balances(of: shop.thing.seller.id).first
            #expect(balance?.receivable.amount == -commission)
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `hold a draining provider open no longer than somebody says, and none is lost`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await ChainShop(market, .usdc)
            let (quiet, late, seen) = (
                try await shop.placed(), try await shop.placed(), try await shop.placed()
            )
            try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
            try await market.marketplace.expirePurchases()
            try await shop.look()
            let admin = try await market.given.administrator()
            await #expect(throws: ProviderRefusal.self, "it takes new payments") {
                try await market.marketplace.endWatch(
                    at: shop.way, reason: "it is swapped", by: admin.id)
            }
            _ = try await market.marketplace.drainProviderInstance(shop.way, as: admin.id)
            await #expect(throws: ProviderRefusal.self, "it watches") {
                try await market.marketplace.retireProviderInstance(shop.way, as: admin.id)
            }
            try await shop.chain.chain.finalize(try await shop.pay(seen))

            let ended = try await market.marketplace.endWatch(
                at: shop.way, reason: "the shop's sign is gone", by: admin.id)

            #expect(ended.ended == 2 && ended.cameLate == 1 && !ended.isUnfinished)
            #expect(try await shop.detail(seen).payment?.state == .late)
            let open = try await market.marketplace.openItemCounts(of: shop.way)
            #expect(open.allSatisfy { $0.kind == .call && $0.count == 1 }, "\(open)")
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "provider_instance", id: shop.way.description), PageRequest())
            #expect(trail.items.contains { $0.action == "provider.watch-ended" })

            // Whoever still has the code on the screen pays into the shop's own wallet.
            try await shop.chain.chain.finalize(try await shop.pay(late))
            try await shop.look()
            #expect(try await shop.detail(late).payment?.state == .late)
            #expect(try await shop.detail(quiet).payment?.received.isZero == true)
            #expect(try await market.marketplace.paymentsToReview().items.count == 2)
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }
}

/// A shop that sells for an asset of the chain.
private struct ChainShop: Sendable {
    let market: TestMarketplace
    let chain: ChainMarket
    let way: ID<ProviderInstance>
    let thing: GivenListing
    let buyer: Buyer

    /// - Parameter seed: its node is a bad one, whose faults come by this seed.
    init(_ market: TestMarketplace, _ asset: Asset, faults seed: Int? = nil) async throws {
        self.market = market
        chain = try await ChainMarket(asset)
        _ = try await market.given.instance(.shipping)
        _ = try await market.given.instance(.tax)
        way = try await market.given.instance(
            ofPayments: "solana-pay",
            [
                "node": chain.chain.node + (seed.map { "/faulty/\($0)" } ?? ""),
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
            price: Money(12_345_678, currency), by: seller, stock: 100)
        buyer = Buyer(account: try await market.given.account("Grace Customer").id)
    }

    func placed() async throws -> PlacedPurchase {
        let checkout = try await market.marketplace.startCheckout(
            [CheckoutItem(variant: thing.variant, quantity: 1)], to: Given.address,
            email: "grace@example.com", as: buyer)
        return try await market.marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: way, method: chain.asset.rawValue) { _ in
                "http://127.0.0.1/"
            }, as: buyer)
    }

    /// The customer's wallet does what the page says, or sends another amount.
    func pay(_ placed: PlacedPurchase, amount: Int? = nil) async throws -> String {
        guard case .instructions(let lines) = placed.next,
            let line = lines.first(where: { $0.form == .link })
        else { throw TestSupportError.notFound("an address to pay to") }
        return try await chain.pay(.init(url: line.value, amount: amount))
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

    func state(_ placed: PlacedPurchase) async throws -> Purchase.State {
        try await detail(placed).purchase.state
    }
}
