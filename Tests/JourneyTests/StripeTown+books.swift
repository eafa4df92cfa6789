import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

extension StripeTown {
    /// How every scenario ends: faults are over, nothing is open, and Stripe's books are ours, line
    /// by line and in sum.
    func compare(isPastMarket: Bool) async throws {
        try await stripe.control("faults")
        try await eventually("both books agree") {
            try await isPastMarket ? isQuiet() : agrees()
        }
        if isPastMarket {
            #expect(try await clearing() == 0)
            #expect(try await payments().isEmpty)
        } else {
            let run = try await marketplace.reconcile(instance, Day(containing: .systemNow))
            #expect(run.isClean, "\(run.faults)")
            let held = try await clearing()
            #expect(try await stripe.books().balance["eur"] ?? 0 == held)
        }
        #expect(try await stripe.state().complaints.isEmpty)
        for check in try await marketplace.verifyLedger().checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }

    /// Whether no webhook is under way, and nothing of ours waits for an answer.
    private func isQuiet() async throws -> Bool {
        let open = try await market.database.query(
            """
            select (select count(*) from payout where state in ('held', 'sent', 'unknown'))
                + (select count(*) from refund where state = 'pending')
            """
        ).decode { c in try c.next(Int64.self) }.first
        return try await stripe.state().courier.waiting == 0 && open == 0
    }

    /// Whether nothing is open, and every payment is the same on both sides.
    func agrees() async throws -> Bool {
        guard try await isQuiet() else { return false }
        let ours = try await payments()
        for theirs in try await stripe.books().payments {
            guard let id = theirs.payment, let known = ours[id] else { return false }
            if known != [theirs.received, theirs.refunded] { return false }
        }
        return true
    }

    /// What our books say that Stripe holds of ours, in minor units.
    func clearing() async throws -> Int64 {
        try await market.database.query(
            """
            select coalesce(-sum(entry.amount), 0)::bigint
            from ledger_entry entry join ledger_account account on account.id = entry.account_id
            where account.kind = 'provider_clearing' and account.instance_id = \(instance)
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// The sum of a platform account, in minor units.
    func sum(_ kind: String) async throws -> Int64 {
        try await market.database.query(
            """
            select coalesce(sum(entry.amount), 0)::bigint
            from ledger_entry entry join ledger_account account on account.id = entry.account_id
            where account.kind = \(kind)
            """
        ).decode { c in try c.next(Int64.self) }.first ?? 0
    }

    /// Our payments by their id: what was taken and what was given back.
    func payments() async throws -> [String: [Int64]] {
        let rows = try await market.database.query(
            "select id::text, captured, refunded from payment where instance_id = \(instance)"
        ).decode { c in
            (try c.next(String.self), [try c.next(Int64.self), try c.next(Int64.self)])
        }
        return Dictionary(rows) { first, _ in first }
    }
}
