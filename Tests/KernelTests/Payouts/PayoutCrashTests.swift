import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A payout whose process dies` {
    /// Each case dies so many milliseconds after it began; what is under way then differs.
    @Test(arguments: [0, 1, 2, 4, 7, 12, 25])
    func `anywhere between plan and bank pays everybody once`(milliseconds: Int) async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            var shares: [Money] = []
            for price in [1999, 2501, 3333] as [Int64] {
                shares.append(try await earnings.delivered(price: price).order.amounts.sellerShare)
            }
            try await earnings.waitForHolds()
            let plan = try await market.marketplace.makePayoutPlan(by: nil)
            let victim = try market.anotherProcess()
            if milliseconds.isMultiple(of: 2) { earnings.shop.bank.fail(.answerLost) }

            let doomed = Task {
                try await victim.applyPayoutPlan(plan.id, by: nil)
                let worker = Worker(
                    victim.database, handlers: victim.jobHandlers(), logger: TestServers.logger)
                try await worker.drain()
            }
            try await Task.sleep(for: .milliseconds(milliseconds))
            doomed.cancel()
            // Whatever it threw: it is dead.
            _ = await doomed.result
            await victim.database.close()

            try await goOn(market, plan.id)
            #expect(earnings.shop.bank.paidOut == [try Money.sum(shares, .eur)])
            let balance = try await earnings.balance()
            #expect(balance.available.isZero && balance.paying.isZero)
            try await earnings.checkBooks()
        }
    }

    @Test func `while its worker holds the lease is taken up by another when the lease ends`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let payout = try await earnings.heldPayout()
            // A worker claimed the job, asked the bank, and was never heard of again.
            earnings.shop.bank.fail(.answerLost)
            _ = try await market.marketplace.sendPayout(payout.id)
            try await market.database.execute(
                """
                update job set state = 'running', attempt = 1, lease = gen_random_uuid(),
                    leased_until = now() - interval '1 second'
                where kind = 'payouts.send'
                """)

            #expect(try await market.worker().drain() == 0)
            let other = market.worker()
            let working = Task { await other.run() }
            for _ in 0..<100 where try await !earnings.balance().paying.isZero {
                try await Task.sleep(for: .milliseconds(50))
            }
            other.stop()
            await working.value

            #expect(earnings.shop.bank.calls.count { $0 == "pay" } == 1)
            #expect(earnings.shop.bank.paidOut == [payout.amount])
            #expect(try await earnings.balance().paying.isZero)
            try await earnings.checkBooks()
        }
    }

    /// What the processes that are left do: they apply what is still open, and look up the rest.
    private func goOn(_ market: TestMarketplace, _ plan: ID<PayoutPlan>) async throws {
        do {
            try await market.marketplace.applyPayoutPlan(plan, by: nil)
        } catch PayoutRefusal.planSettled {
            // It was applied in the last moment.
        }
        for _ in 0..<5 {
            try await market.database.execute(
                """
                update job set state = 'ready', lease = null, leased_until = null, run_at = now()
                where state in ('ready', 'running')
                """)
            try await market.worker().drain(limit: 50)
        }
    }
}
