import Postgres
import Vocabulary

extension Marketplace {
    /// Pays out the wallets whose day has come. What is below the minimum is carried over to the
    /// next time; what needs a second person becomes a plan that waits for one.
    @discardableResult
    public func runSchedules() async throws -> PayoutRun {
        let standard = PayoutSchedule.standard.next(after: try await marketNow())
        while try await database.payoutSchedules.giveStandard(nextAt: standard, limit: 500) > 0 {}
        let terms = try await payoutTerms()
        var run = PayoutRun()
        var tooLarge: [Int64] = []
        while true {
            let due = try await database.payoutSchedules.due(limit: 100)
            if due.isEmpty { break }
            for wallet in due {
                if let account = wallet.account {
                    let part = try await payOut(account, terms)
                    run.payouts += part.payouts
                    run.waiting += part.waiting
                    if part.waiting.contains(where: { $0.reason == .needsApproval }) {
                        tooLarge.append(account)
                    }
                }
                let next = wallet.schedule.next(after: try await marketNow())
                try await database.payoutSchedules.move(wallet, to: next)
            }
        }
        if !tooLarge.isEmpty { try await planForApproval(tooLarge) }
        return run
    }

    /// A plan of those accounts that no open plan speaks of.
    private func planForApproval(_ accounts: [Int64]) async throws {
        let planned = try await database.payoutPlans.accountsPlanned(among: accounts)
        let missing = accounts.filter { !planned.contains($0) }
        for start in stride(from: 0, to: missing.count, by: PayoutPlan.linesMax) {
            let part = missing[start..<min(start + PayoutPlan.linesMax, missing.count)]
            try await makePayoutPlan(of: Array(part), by: nil)
        }
    }
}
