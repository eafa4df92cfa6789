import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A lost dispute beside refunds` {
    /// What a customer's bank says of a purchase's payment.
    private func bankSaysLost(
        _ taken: Int64, of purchase: ID<Purchase>, in shop: Shop, status: DisputeStatus = .lost,
        version: Int64 = 20
    ) async throws {
        let detail = try await shop.marketplace.findPurchase(purchase, as: shop.buyer)
        #expect(
            try await shop.marketplace.applyDispute(
                DisputeSnapshot(
                    reference: "du_1", paymentReference: detail.payment?.reference ?? "",
                    status: status, amount: Money(taken, .eur), withdrawn: Money(taken, .eur),
                    fee: .zero(.eur), reason: "fraudulent", version: version),
                at: shop.payment))
    }

    @Test func `is divided anew by each that ends, though that brings an amount back again`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            let orders = try await shop.bought(
                try await shop.thing(price: 10_000), try await shop.thing(price: 10_000)
            ).map(\.order)
            let total = try #require(orders.first).amounts.total
            for order in orders {
                try await market.marketplace.refundOrder(
                    order.id, .amount(Money(total.amount / 2, .eur)), reason: "it was broken",
                    as: .admin(admin.id))
            }
            // Half of each is claimed: the other halves are lost. When the first refund ends, its
            // order bears more than the other; when both have, they bear the same as at first.
            try await bankSaysLost(total.amount, of: orders[0].purchase, in: shop)
            let first = try await charges(in: market)

            try await shop.settle()

            for order in orders {
                let detail = try await market.marketplace.findOrder(order.id, as: shop.buyer)
                #expect(detail.refunds.map(\.state) == [.failed])
            }
            #expect(Set(first).count == 1 && first.count == 2)
            #expect(try await charges(in: market) == first)
            #expect(try await shop.count("select min(moves) from dispute_order") == 3)
            let report = try await market.marketplace.verifyLedger()
            #expect(report.checks.flatMap(\.culprits).isEmpty)
        }
    }

    private func charges(in market: TestMarketplace) async throws -> [Int] {
        try await market.database.query("select charged from dispute_order order by order_id")
            .decode { c in try c.next(Int.self) }
    }

    @Test func `does not end one that was sent and may still arrive`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            counter.shop.bank.fail(.callLost)
            try await counter.refund(order, .everything)
            try await bankSaysLost(
                order.order.amounts.total.amount, of: order.order.purchase, in: counter.shop)

            try await counter.shop.hurry()
            try await counter.settle()

            #expect(try await counter.find(order).refunds.first?.state != .failed)
            try await market.database.execute(
                "update payment_attempt set in_doubt_at = now() - interval '40 minutes'")
            try await counter.shop.hurry()
            try await counter.settle()
            #expect(try await counter.find(order).refunds.map(\.state) == [.failed])
            #expect(counter.shop.bank.calls == ["start", "refund"])
            try await counter.checkBooks()
        }
    }

    @Test func `does not end one that somebody else has sent since it was claimed`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            try await counter.ask(order, .everything)
            func claim() async throws -> PaymentAttempt {
                try #require(
                    try await market.database.attempts.claimDue(limit: 5, claim: .zero)
                        .first { $0.kind == .refund })
            }
            let slept = try await claim()
            _ = try await market.database.attempts.doubt(try await claim())
            try await bankSaysLost(
                order.order.amounts.total.amount, of: order.order.purchase, in: counter.shop)

            try await market.marketplace.perform(slept)

            #expect(try await counter.find(order).refunds.first?.state != .failed)
            try await market.database.execute(
                "update payment_attempt set in_doubt_at = now() - interval '40 minutes'")
            try await counter.shop.hurry()
            try await counter.settle()
            #expect(try await counter.find(order).refunds.map(\.state) == [.failed])
            #expect(counter.shop.bank.calls == ["start"])
            try await counter.checkBooks()
        }
    }

    @Test func `that other sales paid for is paid out once more when it is won after all`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let kernel = market.marketplace
            func payOut() async throws -> [Int64] {
                try await earnings.waitForHolds()
                let run = try await kernel.runPayouts()
                try await market.worker().drain()
                return run.payouts.map(\.amount.amount)
            }
            let order = try await earnings.delivered(price: 2000)
            let share = order.order.amounts.sellerShare.amount
            #expect(try await payOut() == [share])
            try await bankSaysLost(
                order.order.amounts.total.amount, of: order.order.purchase, in: earnings.shop)
            let other = try await earnings.delivered(price: 3000)
            #expect(try await payOut() == [other.order.amounts.sellerShare.amount - share])
            #expect(try await earnings.balance().debt.isZero)

            try await bankSaysLost(
                0, of: order.order.purchase, in: earnings.shop, status: .won, version: 39)

            #expect(try await payOut() == [share])
            try await earnings.checkBooks()
        }
    }
}
