import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Tracing an order's money` {
    @Test func `what was paid out is followed to the bank account, and nothing is left over`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 4255).order
            _ = try await earnings.delivered(price: 1000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()

            let trace = try await market.marketplace.traceMoney(ofOrder: order.number.lowercased())

            #expect(trace.head.id == order.id && trace.paid == order.amounts.total)
            #expect(
                trace.steps.map(\.kind) == [.sale, .release, .payoutHold, .payoutPost])
            for step in trace.steps {
                #expect(step.moves.reduce(0) { $0 + $1.amount.amount } == 0, "\(step.key)")
            }
            #expect(
                Set(trace.places) == [
                    MoneyTrace.Place(
                        name: "Clay & Kiln's bank account", amount: order.amounts.sellerShare),
                    MoneyTrace.Place(
                        name: "the market's commission", amount: order.amounts.commission),
                ])
            // The provider's side is named after the instance that holds the funds, in and out.
            let holder = try #require(trace.head.instanceName)
            let clearing = trace.steps.flatMap(\.moves).filter { $0.account == .providerClearing }
            #expect(clearing.map(\.owner) == [holder, holder])
            #expect(holder != trace.head.sellerName)
            #expect(trace.unexplained.isZero)
            #expect(trace.lines.first?.explanation.contains("10 %") == true)
        }
    }

    @Test func `what was given back after its payout is the seller's debt`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            try await earnings.refund(order)

            let trace = try await market.marketplace.traceMoney(of: order.order.id)

            let amounts = order.order.amounts
            #expect(
                Set(trace.places) == [
                    MoneyTrace.Place(
                        name: "Clay & Kiln's bank account", amount: amounts.sellerShare),
                    MoneyTrace.Place(name: "the customer, given back", amount: amounts.total),
                    MoneyTrace.Place(
                        name: "Clay & Kiln: seller debt",
                        amount: Money(-amounts.sellerShare.amount, .eur)),
                ])
            #expect(trace.unexplained.isZero)
        }
    }

    @Test func `what the bank sent back is at the provider again, and the seller's`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000).order
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            try await earnings.sendBackLastPayout()

            let trace = try await market.marketplace.traceMoney(of: order.id)

            #expect(trace.steps.last?.kind == .payoutReturn)
            #expect(
                Set(trace.places) == [
                    MoneyTrace.Place(
                        name: "Clay & Kiln: seller available", amount: order.amounts.sellerShare),
                    MoneyTrace.Place(
                        name: "the market's commission", amount: order.amounts.commission),
                ])
            #expect(trace.unexplained.isZero)
        }
    }

    @Test func `the unit that was rounded is said to be somebody's`() throws {
        // 10 % of 42.55 is 425.5 units: the market keeps 426.
        let up = try #require(
            Rounding(
                "commission", Money(4255, .eur), times: 100_000, over: 1_000_000,
                kept: Money(426, .eur), for: "the market", from: "the seller"))
        #expect(up.exact == "425.500" && up.gainer == "the market" && up.loser == "the seller")
        let down = try #require(
            Rounding(
                "commission", Money(4253, .eur), times: 100_000, over: 1_000_000,
                kept: Money(425, .eur), for: "the market", from: "the seller"))
        #expect(down.exact == "425.300" && down.gainer == "the seller")
        let even = Rounding(
            "commission", Money(4250, .eur), times: 100_000, over: 1_000_000,
            kept: Money(425, .eur), for: "the market", from: "the seller")
        #expect(even == nil)
        // An amount that is capped is no rounding of the rate.
        let capped = Rounding(
            "commission", Money(4253, .eur), times: 100_000, over: 1_000_000,
            kept: Money(300, .eur), for: "the market", from: "the seller")
        #expect(capped == nil)
    }

    @Test func `an order that nobody has is not found`() async throws {
        try await TestMarketplace.run { market in
            await #expect(throws: CaseRefusal.unknown) {
                try await market.marketplace.traceMoney(ofOrder: "ABCDEFGH-1")
            }
            await #expect(throws: CaseRefusal.unknown) {
                try await market.marketplace.traceMoney(of: ID())
            }
        }
    }
}
