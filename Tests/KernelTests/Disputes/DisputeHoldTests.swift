import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Money of a disputed order` {
    /// An order that was delivered, and what its customer's bank says of it.
    private struct Case {
        let earnings: Earnings
        let order: OrderDetail
        let reference: String

        var share: Money { order.order.amounts.sellerShare }
        var total: Money { order.order.amounts.total }
        var kernel: Marketplace { earnings.market.marketplace }

        init(_ earnings: Earnings, price: Int64 = 2000) async throws {
            self.earnings = earnings
            order = try await earnings.delivered(price: price)
            reference = try await Self.reference(of: order, earnings)
        }

        static func reference(of order: OrderDetail, _ earnings: Earnings) async throws -> String {
            let detail = try await earnings.market.marketplace.findPurchase(
                order.order.purchase, as: earnings.shop.buyer)
            return try #require(detail.payment?.reference)
        }

        func bankSays(
            _ status: DisputeStatus, taken: Int64? = nil, version: Int64
        ) async throws {
            let taken = taken ?? (status == .won || status == .inquiry ? 0 : total.amount)
            #expect(
                try await kernel.applyDispute(
                    DisputeSnapshot(
                        reference: "du_1", paymentReference: reference, status: status,
                        amount: total, withdrawn: Money(taken, .eur), fee: Money(1500, .eur),
                        reason: "product_not_received", version: version),
                    at: earnings.shop.payment))
        }

        func losses() async throws -> Int {
            try await earnings.shop.count(
                """
                select coalesce(sum(entry.amount), 0)::bigint from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where account.kind = 'dispute_losses'
                """)
        }

        func payOut() async throws -> [Payout] {
            let run = try await kernel.runPayouts()
            try await earnings.market.worker().drain()
            return run.payouts
        }
    }

    @Test(arguments: [DisputeStatus.inquiry, .needsResponse, .underReview])
    func `stays pending past its day until the bank decides for the shop`(
        open: DisputeStatus
    ) async throws {
        try await TestMarketplace.run { market in
            let disputed = try await Case(try await Earnings(market))
            try await disputed.bankSays(open, version: 10)
            try await disputed.earnings.waitForHolds()

            #expect(try await disputed.payOut().isEmpty)
            let held = try await disputed.earnings.balance()
            #expect(held.disputed == disputed.share && held.pending.isZero)
            let released = try await disputed.earnings.shop.count(
                "select count(*) from orders where released_at is not null")
            #expect(released == 0)
            #expect(held.available.isZero)
            let moves = try await disputed.kernel.upcomingMoves(
                of: disputed.earnings.seller.id, PageRequest())
            #expect(moves.items.isEmpty)

            try await disputed.bankSays(.won, version: 20)
            #expect(try await disputed.payOut().map(\.amount) == [disputed.share])
            #expect(try await disputed.earnings.balance().disputed.isZero)
            try await disputed.earnings.checkBooks()
        }
    }

    @Test func `that is available already is in no payout, and other orders' money is`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let disputed = try await Case(earnings)
            let other = try await earnings.delivered(price: 3000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.releaseHolds()
            try await disputed.bankSays(.needsResponse, version: 10)

            let balance = try await earnings.balance()
            #expect(balance.available == other.order.amounts.sellerShare)
            #expect(balance.disputed == disputed.share)
            #expect(
                try await disputed.payOut().map(\.amount) == [other.order.amounts.sellerShare])
            try await earnings.checkBooks()
        }
    }

    @Test func `leaves a payout that nobody was asked to pay yet`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let disputed = try await Case(earnings)
            try await earnings.waitForHolds()
            let payout = try #require(try await market.marketplace.runPayouts().payouts.first)
            try await disputed.bankSays(.needsResponse, version: 10)

            let stopped = try await market.marketplace.sendPayout(payout.id)

            #expect(stopped.state == .failed)
            #expect(stopped.failure?.contains("disputes one of its orders") == true)
            #expect(earnings.shop.bank.paidOut.isEmpty)
            #expect(try await earnings.balance().disputed == disputed.share)
            try await earnings.checkBooks()
        }
    }

    @Test func `in reserve stays there past its day`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            try await earnings.keep(
                try ReservePolicy.checked(rate: PartsPerMillion(percent: 10), days: 30))
            let disputed = try await Case(earnings)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.releaseHolds()
            try await disputed.bankSays(.underReview, version: 10)
            try await market.marketplace.moveClock(by: .seconds(31 * 86_400), as: nil)

            #expect(try await market.marketplace.releaseReserves() == 0)
            let balance = try await earnings.balance()
            #expect(balance.disputed == disputed.share && balance.reserved.isZero)
        }
    }

    @Test func `is taken of the shop when it is lost, and the commission is the market's loss`()
        async throws
    {
        try await TestMarketplace.run { market in
            let disputed = try await Case(try await Earnings(market))
            try await disputed.bankSays(.needsResponse, version: 10)
            try await disputed.bankSays(.lost, version: 20)
            try await disputed.bankSays(.lost, version: 20)

            let balance = try await disputed.earnings.balance()
            #expect(balance.disputed.isZero && balance.pending.isZero && balance.debt.isZero)
            let market = disputed.total.amount - disputed.share.amount
            #expect(try await disputed.losses() == -Int(market))
            let listed = try await disputed.kernel.disputes(
                as: disputed.earnings.seller.member, PageRequest())
            #expect(listed.items.map(\.charged) == [disputed.share])
            try await disputed.earnings.waitForHolds()
            #expect(try await disputed.payOut().isEmpty)
            let open = try await disputed.kernel.openItemCounts(
                of: disputed.earnings.shop.payment)
            #expect(!open.contains { $0.kind == .earning }, "it can be retired")
            try await disputed.earnings.checkBooks()
        }
    }

    @Test
    func `that was paid out becomes a debt when it is lost, and is none when it is won after all`()
        async throws
    {
        try await TestMarketplace.run { market in
            let disputed = try await Case(try await Earnings(market))
            try await disputed.earnings.waitForHolds()
            #expect(try await disputed.payOut().count == 1)

            try await disputed.bankSays(.lost, version: 20)
            #expect(try await disputed.earnings.balance().debt.amount == -disputed.share.amount)
            try await disputed.earnings.checkBooks()

            try await disputed.bankSays(.won, version: 39)
            let balance = try await disputed.earnings.balance()
            #expect(balance.available == disputed.share)
            #expect(try await disputed.losses() == 0)
            try await disputed.earnings.checkBooks()
        }
    }

    @Test func `is not given back a second time by a refund`() async throws {
        try await TestMarketplace.run { market in
            let disputed = try await Case(try await Earnings(market))
            let admin = try await market.given.administrator()
            let kernel = disputed.kernel
            func refund() async throws {
                try await kernel.refundOrder(
                    disputed.order.order.id, reason: "it was broken", as: .admin(admin.id))
            }
            try await disputed.bankSays(.needsResponse, version: 10)
            await #expect(throws: RefundRefusal.disputed) { try await refund() }
            try await disputed.bankSays(.lost, version: 20)
            await #expect(throws: RefundRefusal.disputed) { try await refund() }
        }
    }

    @Test func `that a refund gave back before is not taken of the shop again`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let disputed = try await Case(earnings)
            let admin = try await market.given.administrator()
            try await market.marketplace.refundOrder(
                disputed.order.order.id, .amount(Money(501, .eur)), reason: "a scratch",
                as: .admin(admin.id))
            try await earnings.shop.settle()
            try await disputed.bankSays(.lost, version: 20)

            let balance = try await earnings.balance()
            #expect(balance.pending.isZero && balance.debt.isZero, "all that was left, no more")
            try await earnings.checkBooks()
        }
    }

    @Test func `that a refund was to give back is not given back twice`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let disputed = try await Case(earnings)
            let admin = try await market.given.administrator()
            try await market.marketplace.refundOrder(
                disputed.order.order.id, reason: "it was broken", as: .admin(admin.id))
            try await disputed.bankSays(.needsResponse, version: 10)

            try await earnings.shop.settle()
            #expect(!earnings.shop.bank.calls.contains("refund"), "it waits for the decision")
            try await disputed.bankSays(.lost, version: 20)
            try await earnings.shop.hurry()
            try await earnings.shop.settle()

            #expect(!earnings.shop.bank.calls.contains("refund"))
            let refunds = try await market.marketplace.findOrder(
                disputed.order.order.id, as: earnings.shop.buyer
            ).refunds
            #expect(refunds.map(\.state) == [.failed])
            let balance = try await earnings.balance()
            #expect(balance.pending.isZero && balance.debt.isZero, "taken of the shop, once")
            #expect(
                try await disputed.losses() == -Int(disputed.total.amount - disputed.share.amount))
            try await earnings.checkBooks()
        }
    }

    @Test func `is not given back by a cancellation either`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let bought = try await shop.bought(try await shop.thing())
            let order = try #require(bought.first).order
            let detail = try await market.marketplace.findPurchase(
                order.purchase, as: shop.buyer)
            let admin = try await market.given.administrator()
            func says(_ status: DisputeStatus, _ version: Int64) async throws {
                try await market.marketplace.applyDispute(
                    DisputeSnapshot(
                        reference: "du_4", paymentReference: detail.payment?.reference ?? "",
                        status: status, amount: detail.purchase.total,
                        withdrawn: detail.purchase.total, fee: .zero(.eur), reason: "fraudulent",
                        version: version), at: shop.payment)
            }
            try await says(.needsResponse, 10)
            await #expect(throws: RefundRefusal.disputed) {
                try await market.marketplace.cancelOrder(
                    order.id, reason: "fraud", as: .admin(admin.id))
            }
            try await says(.lost, 20)

            try await market.marketplace.cancelOrder(
                order.id, reason: "fraud", as: .admin(admin.id))
            try await shop.settle()

            #expect(!shop.bank.calls.contains("refund"))
            #expect(try await market.marketplace.verifyLedger().isClean)
        }
    }

    @Test func `of several shops is held and taken of each by its own share`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let sellers = [
                try await market.given.verifiedSeller("Clay"),
                try await market.given.verifiedSeller("Wool"),
                try await market.given.verifiedSeller("Wood"),
            ]
            let orders = try await shop.bought(
                try await shop.thing(by: sellers[0], price: 1999),
                try await shop.thing(by: sellers[1], price: 3001),
                try await shop.thing(by: sellers[2], price: 5))
            let first = try #require(orders.first)
            let detail = try await market.marketplace.findPurchase(
                first.order.purchase, as: shop.buyer)
            let half = detail.purchase.total.amount / 2
            func says(_ status: DisputeStatus, _ taken: Int64, _ version: Int64) async throws {
                try await market.marketplace.applyDispute(
                    DisputeSnapshot(
                        reference: "du_3", paymentReference: detail.payment?.reference ?? "",
                        status: status, amount: Money(half, .eur),
                        withdrawn: Money(taken, .eur), fee: .zero(.eur), reason: "fraudulent",
                        version: version), at: shop.payment)
            }
            try await says(.needsResponse, half, 10)
            for order in orders {
                let held = try await market.marketplace.balances(of: order.order.seller)
                #expect(held.map(\.disputed) == [order.order.amounts.sellerShare])
            }

            try await says(.lost, half, 20)

            let charged = try await shop.count("select sum(charged)::bigint from dispute_order")
            let shares = orders.reduce(0) { $0 + $1.order.amounts.sellerShare.amount }
            #expect((Int(shares) / 2 - 3...Int(shares) / 2 + 3).contains(charged))
            let report = try await market.marketplace.verifyLedger()
            #expect(report.checks.flatMap(\.culprits).isEmpty)
        }
    }

    @Test func `of several disputes is taken of the shop no further than what it earned`() throws {
        let shares = RefundShares(seller: 800, commission: 200)
        let basis = RefundBasis(
            currency: .eur,
            parts: [RefundPart(number: 0, line: nil, quantity: 1, shares: shares)], left: 1000,
            goodwill: 0)

        #expect(try DisputeCharge.wanted(1000, basis, others: 0) == 800)
        #expect(try DisputeCharge.wanted(1000, basis, others: 500) == 300)
        #expect(try DisputeCharge.wanted(250, basis, others: 500) == 200)
        #expect(try DisputeCharge.wanted(1000, basis, others: 800) == 0)
        #expect(try DisputeCharge.wanted(1000, basis, others: 900) == 0)
    }

    @Test func `is divided to the last unit, and no share loses more than is left of it`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2000 {
            let kept = (0..<Int.random(in: 1...6, using: &random)).map { _ in
                Int64.random(in: -5...20_000, using: &random)
            }
            let amount = Int64.random(in: 0...60_000, using: &random)
            let lost = try DisputeCharge.lost(amount, of: kept, .eur)
            let all = kept.map { max($0, 0) }.reduce(0, +)
            #expect(lost.reduce(0, +) == min(amount, all))
            #expect(zip(lost, kept).allSatisfy { $0 >= 0 && $0 <= max($1, 0) })
        }
    }
}
