import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Money for three sellers' things that came after the purchase was over.
private struct LateMoney {
    let market: TestMarketplace
    let shop: Shop
    let placed: PlacedPurchase
    let admin: Account

    /// - Parameter faults: how the bank answers the first returns, one each.
    init(_ market: TestMarketplace, _ faults: TestBank.Fault...) async throws {
        self.market = market
        shop = try await Shop(market)
        admin = try await market.given.administrator()
        let things = [
            try await shop.thing(price: 1999), try await shop.thing(price: 4250),
            try await shop.thing(price: 733),
        ]
        placed = try await shop.place(
            try await shop.checkout(things[0], things[1], things[2]), "redirect")
        try await market.marketplace.moveClock(by: .seconds(31 * 60), as: nil)
        // The bank cannot be asked while the purchase ends.
        try await shop.database.execute(
            "update provider_instance set module_key = 'gone' where id = \(shop.payment)")
        let blind = try market.anotherProcess()
        try await blind.expirePurchases()
        await blind.database.close()
        try await shop.database.execute(
            "update provider_instance set module_key = 'test-payment' where id = \(shop.payment)")
        shop.bank.finish(reference(placed))
        for fault in faults { shop.bank.fail(fault) }
        try await shop.deliver(shop.bank.webhook(reference(placed)))
        try await market.worker().drain()
        try await shop.settle()
    }

    func refunds() async throws -> [Refund] {
        try await shop.detail(placed).orders.flatMap(\.refunds)
    }

    func retry(_ refund: Refund) async throws {
        try await shop.marketplace.retryRefund(
            refund.id, of: refund.order, because: "The bank can again.", as: .admin(admin.id))
        try await shop.settle()
    }

    /// What our books say that the bank holds for us, in minor units.
    func booked() async throws -> Int {
        try await shop.count(
            """
            select coalesce(-sum(amount), 0)::bigint
            from ledger_entry entry join ledger_account account on account.id = entry.account_id
            where account.kind = 'provider_clearing'
            """)
    }

    func check() async throws {
        #expect(try await booked() == Int(shop.bank.held))
        let report = try await market.marketplace.verifyLedger()
        for check in report.checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
        let run = try await market.marketplace.reconcile(
            shop.payment, Day(containing: .systemNow))
        #expect(run.isClean, "\(run.faults)")
    }
}

@Suite struct `Money that came too late` {
    @Test func `goes back order by order, and each return is booked by itself`() async throws {
        try await TestMarketplace.run { market in
            let late = try await LateMoney(market)

            #expect(try await late.refunds().map(\.state) == [.succeeded, .succeeded, .succeeded])
            #expect(late.shop.bank.held == 0)
            let returns = try await late.shop.count(
                "select count(*) from ledger_transaction where key like 'stray-return:%'")
            #expect(returns == 3)
            try await late.check()
        }
    }

    /// It was never for the purchase, which nobody paid in time.
    @Test func `is no part of what became of its purchase`() async throws {
        try await TestMarketplace.run { market in
            let late = try await LateMoney(market)
            let purchase = late.placed.purchase.id

            #expect(try await late.refunds().allSatisfy { $0.state == .succeeded })
            #expect(try await market.marketplace.outcomes(of: [purchase]) == [purchase: .stands])
        }
    }

    @Test func `a return that the bank refuses leaves its part in suspense until it is retried`()
        async throws
    {
        try await TestMarketplace.run { market in
            let late = try await LateMoney(market, .declined)

            let failed = try #require(try await late.refunds().first { $0.state == .failed })
            #expect(try await late.refunds().filter { $0.state == .succeeded }.count == 2)
            #expect(late.shop.bank.held == failed.amount.amount)
            try await late.check()

            try await late.retry(failed)

            #expect(late.shop.bank.held == 0)
            #expect(try await late.shop.detail(late.placed).payment?.refunded.isZero == false)
            let trail = try await market.marketplace.auditTrail(
                .object(kind: "order", id: "\(failed.order)"), PageRequest()
            ).items.first { $0.action == "order.refund-requested" }
            #expect(trail?.reason?.hasSuffix("; asked for again: The bank can again.") == true)
            try await late.check()
        }
    }

    @Test func `returns of which every second answer is lost are booked once`() async throws {
        try await TestMarketplace.run { market in
            let late = try await LateMoney(market, .answerLost, .declined, .answerLost)
            for _ in 0..<3 {
                try await late.shop.hurry()
                try await late.shop.settle()
            }
            for refund in try await late.refunds() where refund.state == .failed {
                try await late.retry(refund)
            }

            #expect(late.shop.bank.held == 0)
            try await late.check()
        }
    }

    @Test func `that the customer's bank took as well is no shop's loss`() async throws {
        try await TestMarketplace.run { market in
            let late = try await LateMoney(market, .declined, .declined, .declined)
            let total = late.placed.purchase.total
            #expect(try await late.refunds().map(\.state) == [.failed, .failed, .failed])

            try await market.marketplace.applyDispute(
                DisputeSnapshot(
                    reference: "du_1", paymentReference: reference(late.placed), status: .lost,
                    amount: total, withdrawn: total, fee: .zero(.eur), reason: "fraudulent",
                    version: 1), at: late.shop.payment)

            let charged = try await late.shop.count(
                "select coalesce(sum(charged), 0)::bigint from dispute_order")
            #expect(charged == 0)
            let report = try await market.marketplace.verifyLedger()
            #expect(report.checks.flatMap(\.culprits).isEmpty)
        }
    }

    @Test func `is not asked for once more while the customer's bank holds it`() async throws {
        try await TestMarketplace.run { market in
            let late = try await LateMoney(market, .declined)
            let failed = try #require(try await late.refunds().first { $0.state == .failed })
            let total = late.placed.purchase.total
            try await market.marketplace.applyDispute(
                DisputeSnapshot(
                    reference: "du_1", paymentReference: reference(late.placed),
                    status: .needsResponse, amount: total, withdrawn: failed.amount,
                    fee: .zero(.eur), reason: "fraudulent", version: 1), at: late.shop.payment)

            await #expect(throws: RefundRefusal.disputed) { try await late.retry(failed) }

            #expect(try await late.refunds().count == 3)
        }
    }
}
