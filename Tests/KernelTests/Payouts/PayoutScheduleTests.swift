import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Paying by a schedule` {
    @Test(arguments: [
        (PayoutSchedule.Every.daily, nil as Int?, "2026-11-21T05:59:59Z", "2026-11-21T06:00:00Z"),
        (.daily, nil, "2026-11-21T06:00:00Z", "2026-11-22T06:00:00Z"),
        (.weekly, 1, "2026-11-21T12:00:00Z", "2026-11-23T06:00:00Z"),
        (.weekly, 7, "2026-11-22T06:00:00Z", "2026-11-29T06:00:00Z"),
        (.monthly, 28, "2027-01-28T06:00:00Z", "2027-02-28T06:00:00Z"),
        (.monthly, 1, "2027-12-15T00:00:00Z", "2028-01-01T06:00:00Z"),
    ])
    func `the next day is the first that the schedule has`(
        every: PayoutSchedule.Every, day: Int?, after: String, next: String
    ) throws {
        let schedule = try PayoutSchedule.checked(every: every, day: day)
        let instant = try #require(Instant(after))
        #expect(schedule.next(after: instant) == Instant(next))
    }

    @Test(arguments: [
        (PayoutSchedule.Every.weekly, 0 as Int?), (.weekly, 8), (.weekly, nil), (.monthly, 29),
        (.monthly, nil),
    ])
    func `a day that the schedule does not have is refused`(
        every: PayoutSchedule.Every, day: Int?
    ) {
        #expect(throws: InputRefusal.self) {
            try PayoutSchedule.checked(every: every, day: day)
        }
    }

    @Test func `a wallet is paid when its day comes, by itself`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 2000).order.amounts.sellerShare
            try await earnings.schedule(.daily)
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}

            let run = try await market.marketplace.runSchedules()
            let again = try await market.marketplace.runSchedules()

            #expect(run.payouts.map(\.amount) == [share] && again.payouts.isEmpty)
            let next = try await market.marketplace.payoutSchedules(of: earnings.seller.id)
            let now = try await market.marketplace.marketNow()
            #expect(try #require(next.first?.nextAt) > now)
        }
    }

    @Test func `what is below the minimum is carried over to the next day`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let first = try await earnings.delivered(price: 2000).order.amounts.sellerShare
            try await earnings.schedule(.daily, minimum: 3000)
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}
            let early = try await market.marketplace.runSchedules()
            #expect(early.payouts.isEmpty && early.waiting.map(\.reason) == [.belowMinimum])

            let second = try await earnings.delivered(price: 2000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}
            let run = try await market.marketplace.runSchedules()

            #expect(run.payouts.map(\.amount) == [try first.adding(second)])
        }
    }

    @Test func `a manual wallet waits for an administrator`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            _ = try await earnings.delivered(price: 2000)
            try await earnings.schedule(.manual)
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}
            try await market.marketplace.moveClock(by: .seconds(60 * 86_400), as: nil)

            #expect(try await market.marketplace.runSchedules().payouts.isEmpty)
            #expect(try await market.marketplace.runPayouts().payouts.count == 1)
        }
    }

    @Test func `a wallet without a schedule is paid on Mondays`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            _ = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}

            #expect(try await market.marketplace.runSchedules().payouts.isEmpty)
            let next = try #require(
                try await market.marketplace.payoutSchedules(of: earnings.seller.id).first?.nextAt)
            #expect((next.secondsSince1970 / 86_400 + 3) % 7 == 0)
            try await market.marketplace.moveClock(by: .seconds(7 * 86_400), as: nil)
            #expect(try await market.marketplace.runSchedules().payouts.count == 1)
        }
    }

    @Test func `a large one becomes a plan that waits for a second person, once`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 20_000).order.amounts.sellerShare
            try await earnings.schedule(.daily)
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}
            let admin = try await market.given.administrator()
            try await market.marketplace.setApprovalLimit(
                .eur, to: share.amount, reason: "small market", by: admin.id)

            _ = try await market.marketplace.runSchedules()
            try await market.marketplace.moveClock(by: .seconds(2 * 86_400), as: nil)
            _ = try await market.marketplace.runSchedules()
            let plans = try await market.marketplace.payoutPlans(in: .open, PageRequest())

            #expect(plans.items.count == 1)
            let plan = try #require(plans.items.first)
            #expect(plan.needsApproval && plan.madeBy == nil)
            try await market.marketplace.approvePayoutPlan(plan.id, reason: "seen", by: admin.id)
            // The market made it, so that nobody else has seen it yet.
            await #expect(throws: PayoutRefusal.applicationOwn) {
                try await market.marketplace.applyPayoutPlan(plan.id, by: admin.id)
            }
            let second = try await market.given.administrator()
            let run = try await market.marketplace.applyPayoutPlan(plan.id, by: second.id)
            #expect(run.payouts.map(\.amount) == [share])
        }
    }
}
