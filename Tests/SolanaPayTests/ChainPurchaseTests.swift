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
        try await ChainShop.run(asset) { shop in
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
                try await shop.market.marketplace.balances(of: shop.thing.seller.id).first)
            #expect(balance.receivable.amount == -order.amounts.commission.amount)
            #expect(order.amounts.commission.isPositive)
        }
    }

    @Test func `keep what is too much for somebody to look at, told once`() async throws {
        try await ChainShop.run(.usdc) { shop in
            let placed = try await shop.placed()
            let more = Int(placed.payment.amount.amount) + 5
            try await shop.chain.chain.finalize(try await shop.pay(placed, amount: more))

            for _ in 0..<3 { try await shop.look() }

            let payment = try #require(try await shop.detail(placed).payment)
            #expect(payment.state == .captured)
            #expect(payment.surplus?.amount == 5)
            #expect(
                try await shop.market.marketplace.paymentsToReview().items.map(\.id) == [payment.id]
            )
            let notes = try #require(try await shop.detail(placed).orders.first).events
                .count { $0.kind == "money-to-look-at" }
            #expect(notes == 1)
        }
    }

    @Test func `are not paid with a transaction that counts for another payment`() async throws {
        try await ChainShop.run(.usdc) { shop in
            let (first, second) = (try await shop.placed(), try await shop.placed())
            let signature = try await shop.pay(first)
            try await shop.chain.chain.finalize(signature)
            // What a node that lies, or a mistake of ours, would come to.
            try await shop.market.database.execute(
                """
                insert into payment_receipt (payment_id, instance_id, id, amount, received_at,
                    is_final)
                values (\(second.payment.id), \(shop.way), \(signature + "#0"),
                    \(first.payment.amount.amount), now(), true)
                """)

            try await shop.look()

            #expect(try await shop.state(first) == .awaitingPayment)
            #expect(try await shop.detail(first).payment?.captured.isZero == true)
        }
    }

    @Test func `are open again when the chain went another way`() async throws {
        try await ChainShop.run(.sol) { shop in
            let placed = try await shop.placed()
            let signature = try await shop.pay(placed)
            try await shop.look()
            #expect(try await shop.detail(placed).payment?.received.isPositive == true)

            try await shop.forget(signature, of: placed)
            try await shop.look()

            let payment = try #require(try await shop.detail(placed).payment)
            #expect(payment.state == .requiresAction)
            #expect(payment.received.isZero)
            let kept = try await shop.market.database.query("select from payment_receipt")
            #expect(kept.isEmpty)
            #expect(try await shop.state(placed) == .awaitingPayment)
        }
    }

    @Test func `are over when nothing came in time, and what comes later is looked at`()
        async throws
    {
        try await ChainShop.run(.sol) { shop in
            let placed = try await shop.placed()
            try await shop.market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
            try await shop.market.marketplace.expirePurchases()
            #expect(try await shop.state(placed) == .cancelled)

            try await shop.chain.chain.finalize(try await shop.pay(placed))
            try await shop.look()

            let late = try #require(try await shop.detail(placed).payment)
            #expect(late.state == .late)
            #expect(late.received == late.amount)
            #expect(
                try await shop.market.marketplace.paymentsToReview().items.map(\.id) == [late.id])
            let balance = try await shop.market.marketplace.balances(of: shop.thing.seller.id).first
            #expect(balance?.receivable.isZero ?? true)
        }
    }

    /// Its node is busy, gone, silent, breaks off, is behind or tells everything twice, by a seed;
    /// customers pay what they are asked for, less, more, twice or nothing. In the end the shop's
    /// wallet on the chain has what our books say.
    @Test(arguments: Asset.allCases, [3, 17])
    func `are the same on the chain and in our books, whatever its node does`(
        _ asset: Asset, seed: Int
    ) async throws {
        try await ChainShop.run(asset, faults: seed) { shop in
            var placed: [PlacedPurchase] = []
            for _ in 0..<80 where placed.count < 5 {
                let one = try await shop.placed()
                // A start that met a bad answer is tried another time, as customers do.
                guard case .instructions = one.next else {
                    try await Task.sleep(for: .seconds(1))
                    continue
                }
                let asked = Int(one.payment.amount.amount)
                let sent = [asked, asked, asked - 1, asked + 3, nil][placed.count]
                if let sent {
                    try await shop.chain.chain.finalize(try await shop.pay(one, amount: sent))
                }
                if placed.count == 1 {
                    try await shop.chain.chain.finalize(try await shop.pay(one, amount: 7))
                }
                placed.append(one)
                try await shop.look()
            }
            #expect(placed.count == 5)

            var received: Int64 = 0
            let onChain = try await shop.chain.earned()
            for _ in 0..<1200 {
                try await shop.look()
                try await Task.sleep(for: .milliseconds(100))
                received = try await shop.certain()
                // A node that is behind may have shown it in two parts, at two times.
                var isPaid: [Bool] = []
                for one in placed { isPaid.append(try await shop.state(one) == .paid) }
                if received == onChain, isPaid == [true, true, false, true, false] { break }
            }

            #expect(received == onChain, "every unit that came, once")
            var commission: Int64 = 0
            for (number, one) in placed.enumerated() {
                let detail = try await shop.detail(one)
                let isWhole = [0, 1, 3].contains(number)
                #expect((detail.purchase.state == .paid) == isWhole)
                guard isWhole else { continue }
                commission += detail.orders.reduce(0) { $0 + $1.order.amounts.commission.amount }
            }
            let balance = try await shop.market.marketplace.balances(of: shop.thing.seller.id).first
            #expect(balance?.receivable.amount == -commission)
        }
    }

    @Test func `hold a draining provider open no longer than somebody says, and none is lost`()
        async throws
    {
        try await ChainShop.run(.usdc) { shop in
            let (quiet, late, seen) = (
                try await shop.placed(), try await shop.placed(), try await shop.placed()
            )
            try await shop.market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
            try await shop.market.marketplace.expirePurchases()
            try await shop.look()
            let admin = try await shop.market.given.administrator()
            await #expect(throws: ProviderRefusal.self, "it takes new payments") {
                try await shop.market.marketplace.endWatch(
                    at: shop.way, reason: "it is swapped", by: admin.id)
            }
            _ = try await shop.market.marketplace.drainProviderInstance(shop.way, as: admin.id)
            await #expect(throws: ProviderRefusal.self, "it watches") {
                try await shop.market.marketplace.retireProviderInstance(shop.way, as: admin.id)
            }
            try await shop.chain.chain.finalize(try await shop.pay(seen))

            let ended = try await shop.market.marketplace.endWatch(
                at: shop.way, reason: "the shop's sign is gone", by: admin.id)

            #expect(ended.ended == 2 && ended.cameLate == 1 && !ended.isUnfinished)
            #expect(try await shop.detail(seen).payment?.state == .late)
            let open = try await shop.market.marketplace.openItemCounts(of: shop.way)
            #expect(open.allSatisfy { $0.kind == .call && $0.count == 1 }, "\(open)")
            let trail = try await shop.market.marketplace.auditTrail(
                .object(kind: "provider_instance", id: shop.way.description), PageRequest())
            #expect(trail.items.contains { $0.action == "provider.watch-ended" })

            // Whoever still has the code on the screen pays into the shop's own wallet.
            try await shop.chain.chain.finalize(try await shop.pay(late))
            try await shop.look()
            #expect(try await shop.detail(late).payment?.state == .late)
            #expect(try await shop.detail(quiet).payment?.received.isZero == true)
            #expect(try await shop.market.marketplace.paymentsToReview().items.count == 2)
        }
    }
}
