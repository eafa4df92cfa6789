import Kernel
import Postgres
import ProviderKit
import Synchronization
import TestSupport
import Testing
import Vocabulary

@Suite struct `Giving money back in parts` {
    @Test func `by piece, shipping and amount, until everything went back to the unit`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "true"])
            let order = try await counter.shipped(quantity: 3)
            let line = try #require(order.lines.first?.id)
            let share = order.refundable.amount

            try await counter.refund(
                order, .lines([RefundedLine(line: line, quantity: 1)], shipping: false))
            try await counter.refund(order, .lines([], shipping: true))
            try await counter.refund(order, .amount(Money(333, .eur)))
            try await counter.refund(order, .goodwill(Money(100, .eur), fundedBy: .seller))
            let between = try await counter.find(order)
            #expect(between.refunds.map(\.kind) == [.lines, .lines, .amount, .goodwill])
            #expect(between.refundable.isPositive)
            try await counter.refund(order, .everything)

            let done = try await counter.find(order)
            #expect(done.refunds.allSatisfy { $0.state == .succeeded })
            #expect(done.refunds.reduce(0) { $0 + $1.amount.amount } == share)
            #expect(done.refundable.isZero)
            #expect(done.left.allSatisfy { $0.shares.total == 0 })
            #expect(counter.shop.bank.held == 0)
            #expect(try await counter.owned(by: order).isEmpty)
            await #expect(throws: OrderRefusal.nothingToRefund) {
                try await counter.refund(order, .amount(Money(1, .eur)))
            }
            try await counter.checkBooks()
        }
    }

    @Test func `commission and tax come back with a part in proportion`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "true"])
            try await market.marketplace.setCommissionVAT(
                CommissionVATRate(
                    country: "DE", rate: PartsPerMillion(percent: 19), reverseCharge: false),
                as: counter.admin.id, reason: "a test")
            let order = try await counter.shipped(quantity: 2)
            let line = try #require(order.lines.first)
            #expect(line.commissionVAT.isPositive)

            try await counter.refund(
                order, .lines([RefundedLine(line: line.id, quantity: 1)], shipping: false))

            let refund = try #require(try await counter.find(order).refunds.first)
            #expect(refund.amount == line.unitPrice)
            let half = [line.commission.amount / 2, (line.commission.amount + 1) / 2]
            #expect(half.contains(refund.shares.commission))
            let halfVAT = [line.commissionVAT.amount / 2, (line.commissionVAT.amount + 1) / 2]
            #expect(halfVAT.contains(refund.shares.commissionVAT))
            let halfTax = [line.tax.amount / 2, (line.tax.amount + 1) / 2]
            #expect(halfTax.contains(refund.shares.taxByPlatform))
            try await counter.checkBooks()
        }
    }

    @Test func `goodwill of the platform costs the platform, and comes back when all does`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            let before = try await counter.owned(by: order)

            try await counter.refund(order, .goodwill(Money(500, .eur), fundedBy: .platform))

            var after = try await counter.owned(by: order)
            #expect(after.removeValue(forKey: "goodwill") == -500)
            #expect(after["seller_pending"] == before["seller_pending"])
            #expect(after["commission"] == before["commission"])
            try await counter.refund(order, .everything)
            #expect(try await counter.owned(by: order).isEmpty)
            #expect(counter.shop.bank.held == 0)
            try await counter.checkBooks()
        }
    }

    @Test func `thirty refunds at once never give back more than was taken`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            let part = Money(order.refundable.amount / 4, .eur)

            let asked = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        do {
                            try await counter.ask(order, .amount(part))
                            return 1
                        } catch is any Refusal {
                            return 0
                        }
                    }
                }
                return try await group.reduce(0, +)
            }
            try await counter.settle()

            #expect(asked == 4)
            let done = try await counter.find(order)
            #expect(done.refunds.filter { $0.state == .succeeded }.count == 4)
            #expect(done.refundable.amount == order.refundable.amount - 4 * part.amount)
            try await counter.checkBooks()
        }
    }

    @Test func `one that failed frees its amount, and is asked for again once`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 3)
            let line = try #require(order.lines.first?.id)
            let wish = RefundWish.lines([RefundedLine(line: line, quantity: 2)], shipping: true)
            counter.shop.bank.fail(.declined)
            try await counter.refund(order, wish)
            let failed = try #require(try await counter.find(order).refunds.first)
            #expect(failed.state == .failed)
            #expect(try await counter.find(order).refundable == order.refundable)

            try await counter.marketplace.retryRefund(
                failed.id, of: order.order.id, as: .seller(counter.thing.seller.member))
            try await counter.settle()

            let now = try await counter.find(order)
            #expect(now.refunds.map(\.state) == [.failed, .succeeded])
            #expect(now.refunds.last?.amount == failed.amount)
            #expect(now.refunds.last?.parts == failed.parts)
            await #expect(throws: RefundRefusal.retriedAlready) {
                try await counter.marketplace.retryRefund(
                    failed.id, of: order.order.id, as: .admin(counter.admin.id))
            }
            let done = try #require(now.refunds.last)
            await #expect(throws: RefundRefusal.notFailed) {
                try await counter.marketplace.retryRefund(
                    done.id, of: order.order.id, as: .admin(counter.admin.id))
            }
            try await counter.checkBooks()
        }
    }

    @Test func `one whose answer was lost is looked up, and made once`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            counter.shop.bank.fail(.answerLost)
            try await counter.refund(order, .amount(Money(700, .eur)))
            #expect(try await counter.find(order).refunds.map(\.state) == [.pending])
            #expect(
                try await counter.find(order).refundable.amount == order.refundable.amount - 700)

            try await counter.shop.hurry()
            try await counter.settle()

            #expect(try await counter.find(order).refunds.map(\.state) == [.succeeded])
            #expect(counter.shop.bank.calls == ["start", "refund"])
            try await counter.checkBooks()
        }
    }

    @Test(
        arguments: [
            .invalidRequest(code: "address.not-allowed", message: "a private address"),
            .declined(code: "no", message: "no", mayRetry: false),
            .unsupported(operation: "this"), .misconfigured(message: "no key"),
        ] as [ProviderError])
    func `one in doubt that cannot be looked up keeps its amount, and is made once`(
        _ blindness: ProviderError
    ) async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            counter.shop.bank.fail(.answerLost)
            try await counter.refund(order, .amount(Money(700, .eur)))

            counter.shop.bank.beBlind(blindness)
            // Longer ago than anything takes to arrive.
            try await market.database.execute(
                "update payment_attempt set in_doubt_at = now() - interval '40 minutes'")
            try await counter.shop.hurry()
            try await counter.settle()
            #expect(try await counter.find(order).refunds.map(\.state) != [.failed])
            #expect(
                try await counter.find(order).refundable.amount == order.refundable.amount - 700)

            counter.shop.bank.beBlind(nil)
            try await counter.shop.hurry()
            try await counter.settle()
            #expect(try await counter.find(order).refunds.map(\.state) == [.succeeded])
            #expect(counter.shop.bank.calls == ["start", "refund"])
            try await counter.checkBooks()
        }
    }

    @Test func `one that was just sent and not answered is not ended by what we refuse to send`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            counter.shop.bank.fail(.callLost, .callLost, .notSent, .notSent)
            try await counter.refund(order, .amount(Money(700, .eur)))
            // The first is long past arriving, the second is not.
            try await market.database.execute(
                "update payment_attempt set first_sent_at = now() - interval '40 minutes'")
            for _ in 1...2 {
                try await counter.shop.hurry()
                try await counter.settle()
            }
            #expect(counter.shop.bank.calls == ["start", "refund", "refund", "refund"])
            #expect(try await counter.find(order).refunds.map(\.state) != [.failed])

            try await market.database.execute(
                "update payment_attempt set in_doubt_at = now() - interval '40 minutes'")
            try await counter.shop.hurry()
            try await counter.settle()
            #expect(try await counter.find(order).refunds.map(\.state) == [.failed])
            #expect(try await counter.find(order).refundable.amount == order.refundable.amount)
            try await counter.checkBooks()
        }
    }

    @Test func `each sending is in doubt before it leaves, and its answer ends only that doubt`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            let doubts = Mutex<[String]>([])
            let lookAtDoubt: @Sendable () async -> Void = {
                let found = try? await market.database.query(
                    """
                    select case when in_doubt_at is null then 'none'
                        when in_doubt_at < now() - interval '5 minutes' then 'old' else 'new' end
                    from payment_attempt where kind = 'refund'
                    """
                ).decode { c in try c.next(String.self) }
                doubts.withLock { $0 += found ?? [] }
            }
            counter.shop.bank.fail(.unavailable, .callLost, .unavailable)

            counter.shop.bank.meanwhile(lookAtDoubt)
            try await counter.refund(order, .amount(Money(700, .eur)))
            await lookAtDoubt()
            try await counter.shop.hurry()
            try await counter.settle()
            await lookAtDoubt()
            try await market.database.execute(
                "update payment_attempt set in_doubt_at = in_doubt_at - interval '40 minutes'")
            counter.shop.bank.meanwhile(lookAtDoubt)
            try await counter.shop.hurry()
            try await counter.settle()
            await lookAtDoubt()

            #expect(doubts.withLock { $0 } == ["new", "none", "new", "new", "old"])
        }
    }

    @Test func `after the payout it is a debt, that later sales pay`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let first = try await counter.shipped(quantity: 1)
            try await counter.deliverAndWait(first)
            let paid = try await counter.marketplace.runPayouts()
            #expect(paid.payouts.count == 1)
            try await counter.work()

            try await counter.refund(first, .amount(Money(1000, .eur)))

            let owed = try #require(try await counter.find(first).refunds.first).shares.seller
            #expect(try await counter.balance().debt.amount == -owed)
            let second = try await counter.shipped(quantity: 1)
            try await counter.deliverAndWait(second)
            while try await counter.marketplace.releaseHolds() > 0 {}
            try await counter.marketplace.recoverDebts()
            let now = try await counter.balance()
            #expect(now.debt.isZero)
            #expect(now.available.amount == second.order.amounts.sellerShare.amount - owed)
            try await counter.checkBooks()
        }
    }

    @Test func `what is asked wrongly is refused with a sentence, and nothing moves`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            let line = try #require(order.lines.first?.id)
            func refuses(
                _ refusal: RefundRefusal, _ wish: RefundWish, as actor: OrderActor? = nil
            ) async {
                await #expect(throws: refusal) {
                    try await counter.ask(order, wish, as: actor)
                }
                #expect(refusal.explanation.hasSuffix("."))
            }
            let above = Money(order.refundable.amount + 1, .eur)
            let seller = OrderActor.seller(counter.thing.seller.member)

            await refuses(.aboveShare(left: order.refundable), .amount(above))
            await refuses(
                .aboveShare(left: order.refundable), .goodwill(above, fundedBy: .platform))
            await refuses(.notPositive, .amount(Money(0, .eur)))
            await refuses(.notPositive, .goodwill(Money(-5, .eur), fundedBy: .seller))
            await refuses(.otherCurrency(.eur), .amount(Money(5, .usd)))
            await refuses(.nothingChosen, .lines([], shipping: false))
            await refuses(
                .tooMany(0, left: 1),
                .lines([RefundedLine(line: line, quantity: 2)], shipping: false))
            await refuses(
                .lineUnknown(0), .lines([RefundedLine(line: ID(), quantity: 1)], shipping: false))
            await refuses(
                .notYoursToFund, .goodwill(Money(5, .eur), fundedBy: .platform), as: seller)
            let stranger = try await market.given.verifiedSeller("Stranger")
            await #expect(throws: OrderRefusal.missing) {
                try await counter.ask(order, .everything, as: .seller(stranger.member))
            }

            #expect(try await counter.find(order).refunds.isEmpty)
            #expect(try await counter.shop.count("select count(*) from refund") == 0)
            #expect(counter.shop.bank.calls == ["start"])
            try await counter.checkBooks()
        }
    }

    @Test func `the database itself refuses to claim more than was captured`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)

            let error = await #expect(throws: PostgresError.self) {
                try await market.database.execute(
                    """
                    update payment_share set refund_claimed = captured + 1
                    where order_id = \(order.order.id)
                    """)
            }

            #expect(error?.constraint == "payment_share_bounds")
        }
    }
}

@Suite struct `Owing the market` {
    @Test func `a debt has a grace, then restricts its seller until sales have paid it`()
        async throws
    {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let seller = counter.thing.seller
            let order = try await counter.shipped(quantity: 1)
            try await counter.deliverAndWait(order)
            _ = try await counter.marketplace.runPayouts()
            try await counter.work()
            try await counter.refund(order, .everything)
            func state() async throws -> Seller { try await market.marketplace.seller(seller.id) }

            try await market.marketplace.watchDebts()
            #expect(try await state().inDebtSince != nil)
            #expect(try await state().restrictedAt == nil)
            try await market.marketplace.moveClock(
                by: .seconds(Int64(Seller.debtGraceDays) * 86_400 + 60), as: nil)
            try await market.marketplace.watchDebts()
            #expect(try await state().restrictedAt != nil)
            await #expect(throws: ListingRefusal.restricted) {
                _ = try await market.given.listing(by: seller)
            }

            let sales = [
                try await counter.shipped(quantity: 2), try await counter.shipped(quantity: 1),
            ]
            for sale in sales { try await counter.deliverAndWait(sale) }
            while try await counter.marketplace.releaseHolds() > 0 {}
            let run = try await counter.marketplace.runPayouts()
            #expect(run.payouts.isEmpty)
            #expect(run.waiting.map(\.reason) == [.restricted])
            try await market.marketplace.recoverDebts()
            try await market.marketplace.watchDebts()
            #expect(try await state().restrictedAt == nil)
            #expect(try await state().inDebtSince == nil)
            _ = try await market.given.listing(by: seller)
            #expect(try await counter.marketplace.runPayouts().payouts.count == 1)
            try await counter.work()
            try await counter.checkBooks()
        }
    }
}
