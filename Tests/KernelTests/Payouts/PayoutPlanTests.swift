import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Planning payouts and applying the plan` {
    @Test func `a plan moves nothing, and applying it does exactly what it says`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let other = try await Earnings(market, shop: earnings.shop)
            for price in [1000, 2500] as [Int64] { _ = try await earnings.delivered(price: price) }
            _ = try await other.delivered(price: 900)
            try await earnings.waitForHolds()
            let admin = try await market.given.administrator()

            let plan = try await market.marketplace.makePayoutPlan(by: admin.id)
            let lines = try await market.marketplace.payoutPlanLines(of: plan.id, PageRequest())
            #expect(try await market.marketplace.payouts(in: nil, PageRequest()).items.isEmpty)

            // What comes later is left for the next plan, and does not make this one stale.
            _ = try await earnings.delivered(price: 7777)
            try await earnings.waitForHolds()
            while try await market.marketplace.releaseHolds() > 0 {}
            let run = try await market.marketplace.applyPayoutPlan(plan.id, by: admin.id)

            #expect(lines.items.count == 2)
            #expect(Set(lines.items.map(\.planned.amount)) == Set(run.payouts.map(\.amount)))
            #expect(Set(lines.items.map(\.planned.items)) == Set(run.payouts.map(\.items)))
            try await market.worker().drain()
            #expect(Set(earnings.shop.bank.paidOut) == Set(lines.items.map(\.planned.amount)))
            let after = try await market.marketplace.payoutPlanLines(of: plan.id, PageRequest())
            #expect(Set(after.items.map(\.payout)) == Set(run.payouts.map(\.id)))
            try await earnings.checkBooks()
        }
    }

    @Test func `a plan that stopped at its most lines says so, and the next one has the rest`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let other = try await Earnings(market, shop: earnings.shop)
            for one in [earnings, other] { _ = try await one.delivered(price: 1000) }
            try await earnings.waitForHolds()
            let kernel = market.marketplace
            let admin = try await market.given.administrator()

            let whole = try await kernel.makePayoutPlan(by: admin.id, linesMax: 2)
            #expect(!whole.isCut)
            try await kernel.dropPayoutPlan(whole.id, reason: "not yet", by: admin.id)
            let cut = try await kernel.makePayoutPlan(by: admin.id, linesMax: 1)
            #expect(cut.isCut)
            #expect(try await kernel.payoutPlan(cut.id).isCut)
            try await kernel.applyPayoutPlan(cut.id, by: admin.id)
            let rest = try await kernel.makePayoutPlan(by: admin.id, linesMax: 1)

            let lines = try await kernel.payoutPlanLines(of: rest.id, PageRequest()).items
            #expect(lines.count == 1 && !rest.isCut)
        }
    }

    @Test func `two administrators who apply one plan at once: exactly one does`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            _ = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            let plan = try await market.marketplace.makePayoutPlan(by: nil)
            let (one, two) = (
                try await market.given.administrator(), try await market.given.administrator()
            )
            let other = try market.anotherProcess()

            async let first = outcome {
                try await market.marketplace.applyPayoutPlan($0, by: one.id)
            }
            async let second = outcome { try await other.applyPayoutPlan($0, by: two.id) }
            let outcomes = try await [first, second]

            #expect(outcomes.count { $0 == nil } == 1)
            #expect(outcomes.contains(.planSettled))
            try await market.worker().drain()
            #expect(earnings.shop.bank.paidOut.count == 1)
            await other.database.close()

            @Sendable func outcome(
                _ apply: @Sendable (ID<PayoutPlan>) async throws -> PayoutRun
            ) async throws -> PayoutRefusal? {
                do {
                    _ = try await apply(plan.id)
                    return nil
                } catch let refusal as PayoutRefusal {
                    return refusal
                }
            }
        }
    }

    enum Change: CaseIterable, Sendable {
        case refunded, paidMeanwhile, frozen, newAccount, belowMinimum
    }

    @Test(arguments: Change.allCases)
    func `a plan that no longer fits is refused, and nothing moves`(change: Change) async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            _ = try await earnings.delivered(price: 3000)
            try await earnings.waitForHolds()
            let plan = try await market.marketplace.makePayoutPlan(by: nil)
            try await make(change, earnings, order)
            let before = try await earnings.balance()

            await #expect(throws: PayoutRefusal.planStale) {
                try await market.marketplace.applyPayoutPlan(plan.id, by: nil)
            }

            #expect(try await earnings.balance() == before)
            #expect(try await market.marketplace.payoutPlan(plan.id).state == .open)
        }
    }

    private func make(
        _ change: Change, _ earnings: Earnings, _ order: OrderDetail
    ) async throws {
        let market = earnings.market.marketplace
        switch change {
        case .refunded: try await earnings.refund(order)
        case .paidMeanwhile: _ = try await market.runPayouts()
        case .frozen:
            let admin = try await earnings.market.given.administrator()
            try await market.freezePayouts(
                of: earnings.seller.id, reason: "complaints", by: admin.id)
        case .newAccount:
            try await market.editWallet(
                earnings.seller.wallet,
                WalletDraft(
                    kind: .platformBalance, label: "Bank",
                    details: WalletDetails(holder: "T", iban: "FR1420041010050500013M02606")),
                as: earnings.seller.member)
        case .belowMinimum:
            try await market.setPayoutSchedule(
                of: earnings.seller.wallet, .eur, every: .daily, day: nil, minimum: 1_000_000,
                as: earnings.seller.member)
        }
    }

    @Test func `a large payout needs a second person, who is not the first`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 20_000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            let (one, two) = (
                try await market.given.administrator(), try await market.given.administrator()
            )
            try await market.marketplace.setApprovalLimit(
                .eur, to: share.amount, reason: "small market", by: one.id)
            let plan = try await market.marketplace.makePayoutPlan(by: one.id)
            #expect(plan.needsApproval)
            let run = try await market.marketplace.runPayouts()
            #expect(run.payouts.isEmpty && run.waiting.map(\.reason) == [.needsApproval])

            await #expect(throws: PayoutRefusal.approvalMissing) {
                try await market.marketplace.applyPayoutPlan(plan.id, by: one.id)
            }
            await #expect(throws: PayoutRefusal.approvalOwn) {
                try await market.marketplace.approvePayoutPlan(plan.id, reason: "me", by: one.id)
            }
            try await market.marketplace.approvePayoutPlan(plan.id, reason: "seen", by: two.id)
            let applied = try await market.marketplace.applyPayoutPlan(plan.id, by: one.id)

            #expect(applied.payouts.map(\.amount) == [share])
            await #expect(throws: PayoutRefusal.planSettled) {
                try await market.marketplace.dropPayoutPlan(plan.id, reason: "late", by: one.id)
            }
        }
    }

    @Test func `nobody is no second person, whoever made the plan`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 20_000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            let (one, two) = (
                try await market.given.administrator(), try await market.given.administrator()
            )
            try await kernel.setApprovalLimit(
                .eur, to: share.amount, reason: "small market", by: one.id)
            // One that the operator's command made, and one that a person made.
            for maker in [nil, two.id] {
                let plan = try await kernel.makePayoutPlan(by: maker)
                await #expect(throws: PayoutRefusal.approvalMissing) {
                    try await kernel.applyPayoutPlan(plan.id, by: nil)
                }
                try await kernel.approvePayoutPlan(plan.id, reason: "seen", by: one.id)

                await #expect(throws: PayoutRefusal.applicationUnnamed) {
                    try await kernel.applyPayoutPlan(plan.id, by: nil)
                }
                // Whoever goes around the program is refused by the database.
                let forced = await #expect(throws: PostgresError.self) {
                    try await market.database.execute(
                        """
                        update payout_plan set state = 'applied', settled_at = now()
                        where id = \(plan.id)
                        """)
                }
                #expect(forced?.constraint == "payout_plan_applied_by_two")
            }

            #expect(try await kernel.payouts(in: nil, PageRequest()).items.isEmpty)
            #expect(try await earnings.balance().available == share)
            let plans = try await kernel.payoutPlans(in: .open, PageRequest()).items
            let own = try #require(plans.first { $0.madeBy == nil })
            await #expect(throws: PayoutRefusal.applicationOwn) {
                try await kernel.applyPayoutPlan(own.id, by: one.id)
            }
            let run = try await kernel.applyPayoutPlan(own.id, by: two.id)
            #expect(run.payouts.map(\.amount) == [share])
        }
    }

    @Test func `a limit that is lowered afterwards makes a plan of one person stale`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 20_000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            let admin = try await market.given.administrator()
            let plan = try await market.marketplace.makePayoutPlan(by: admin.id)
            try await market.marketplace.setApprovalLimit(
                .eur, to: share.amount, reason: "small market", by: admin.id)

            await #expect(throws: PayoutRefusal.planStale) {
                try await market.marketplace.applyPayoutPlan(plan.id, by: admin.id)
            }
            #expect(try await market.marketplace.payouts(in: nil, PageRequest()).items.isEmpty)
        }
    }

    @Test func `one below the limit needs nobody else`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let share = try await earnings.delivered(price: 20_000).order.amounts.sellerShare
            try await earnings.waitForHolds()
            let admin = try await market.given.administrator()
            try await market.marketplace.setApprovalLimit(
                .eur, to: share.amount + 1, reason: "small market", by: admin.id)

            let plan = try await market.marketplace.makePayoutPlan(by: admin.id)

            #expect(!plan.needsApproval)
            await #expect(throws: PayoutRefusal.approvalNotNeeded) {
                try await market.marketplace.approvePayoutPlan(plan.id, reason: "x", by: admin.id)
            }
            _ = try await market.marketplace.applyPayoutPlan(plan.id, by: admin.id)
        }
    }

    @Test func `a plan takes what is owed first`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let first = try await earnings.delivered(price: 2000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            try await earnings.refund(first)
            let second = try await earnings.delivered(price: 5000)
            try await earnings.waitForHolds()

            let plan = try await market.marketplace.makePayoutPlan(by: nil)
            let line = try #require(
                try await market.marketplace.payoutPlanLines(of: plan.id, PageRequest()).items.first
            )
            let run = try await market.marketplace.applyPayoutPlan(plan.id, by: nil)

            let owed = first.order.amounts.sellerShare
            #expect(line.planned.recovery.map(\.amount) == [owed])
            let expected = try second.order.amounts.sellerShare.subtracting(owed)
            #expect(run.payouts.map(\.amount) == [expected])
            #expect(try await earnings.balance().debt.isZero)
            try await market.worker().drain()
            try await earnings.checkBooks()
        }
    }

    @Test func `more orders than the ledger takes at once go in several payouts`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 2000)
            try await earnings.addDelivered(copies: 460, of: order)
            let first = try await market.marketplace.runPayouts()
            let second = try await market.marketplace.runPayouts()

            #expect(first.payouts.map(\.items.count) == [450])
            #expect(second.payouts.map(\.items.count) == [10])
            try await market.worker().drain()
        }
    }
}
