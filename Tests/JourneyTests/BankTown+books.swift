import Foundation
import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

extension BankTown {
    /// How every scenario ends: faults are over, nothing is open, and the bank's books of each
    /// merchant are ours, line by line and in sum.
    func compare() async throws {
        _ = try await ask("POST", bankURL + "/control/faults", "{}")
        try await eventually("nothing is open") {
            try await goOn()
            return try await open().isEmpty
        }
        let left = try await open()
        #expect(left.isEmpty, "\(left)")
        // Two instances of one merchant have one account there.
        for (merchant, instances) in try await merchants() {
            for instance in instances {
                let run = try await marketplace.reconcile(
                    instance, Day(containing: .systemNow))
                #expect(run.isClean, "\(run.faults)")
            }
            let theirs = try await bankEntries(of: merchant)
            #expect(theirs == (try await moved(at: instances)), "\(merchant)")
            let held = try await clearing(of: instances)
            #expect(theirs.values.reduce(0, +) == held, "\(merchant)")
        }
        for check in try await marketplace.verifyLedger().checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
    }

    /// The instances that take payments, by the merchant of the bank's that each is called after.
    private func merchants() async throws -> [String: [ID<ProviderInstance>]] {
        let rows = try await market.database.query(
            """
            select name, id from provider_instance
            where kind = 'payment' and module_key like 'sandbox-%'
            """
        ).decode { c in (try c.next(String.self), try c.next(ID<ProviderInstance>.self)) }
        return Dictionary(grouping: rows) { $0.0 }.mapValues { $0.map { $0.1 } }
    }

    func happened() async throws -> [String: Int] {
        let answer = try await ask("GET", bankURL + "/control/faults")
        return try JSONDecoder().decode([String: Int].self, from: Data(answer.body))
    }

    /// Everything that waits for a time is looked at now, once.
    func goOn() async throws {
        try await market.database.execute(
            """
            update payment_attempt
            set next_try_at = now(), created_at = created_at - interval '1 minute'
            where state in ('intent', 'sent', 'unknown')
            """)
        try await press("\(bankURL)/control/release")
        try await marketplace.settlePayments(limit: 100)
        try await worker.drain()
        for payout in try await marketplace.payouts(in: nil, PageRequest(limit: 100)).items
        where payout.state.isOpen {
            try await marketplace.sendPayout(payout.id)
        }
    }

    /// What is still open, in words.
    func open() async throws -> [String] {
        let waiting = try await happened()["waiting"] ?? 0
        let ours: [String] = try await market.database.query(
            """
            select concat_ws(' ', 'attempt', kind, state, tries, error) from payment_attempt
            where state in ('intent', 'sent', 'unknown')
            union all
            select concat_ws(' ', 'payout', state, tries, failure) from payout
            where state in ('held', 'sent', 'unknown')
            union all
            select concat_ws(' ', 'refund', state, failure) from refund
            where state in ('pending', 'unknown')
            union all
            select concat_ws(' ', 'webhook', kind, error) from webhook_inbox where state = 'new'
            """
        ).decode { c in try c.next() }
        return ours + (waiting == 0 ? [] : ["\(waiting) webhooks"])
    }

    /// The bank's own account of ours, by what each line is about: minor units.
    func bankEntries(of merchant: String) async throws -> [String: Int64] {
        struct Page: Decodable {
            struct Item: Decodable {
                let source: String
                let amount: Money
            }
            let items: [Item]
            let next: Int?
        }
        var (sums, after): ([String: Int64], Int?) = ([:], 0)
        while let number = after {
            let answer = try await ask(
                "GET", "\(bankURL)/v1/balance-entries?after=\(number)", as: merchant)
            let page = try JSONDecoder().decode(Page.self, from: Data(answer.body))
            for item in page.items { sums[item.source, default: 0] += item.amount.amount }
            after = page.next
        }
        return sums
    }

    /// What our records say that moved there, by the same references; nothing that did not.
    private func moved(at instances: [ID<ProviderInstance>]) async throws -> [String: Int64] {
        var sums: [String: Int64] = [:]
        for instance in instances {
            let rows = try await market.database.query(
                """
                select reference, captured from payment
                where instance_id = \(instance) and captured > 0
                union all
                select refund.reference, -refund.amount
                from refund join payment on payment.id = refund.payment_id
                where payment.instance_id = \(instance) and refund.state = 'succeeded'
                union all
                select reference, -amount from payout
                where instance_id = \(instance) and state = 'paid'
                """
            ).decode { c in (try c.next(String?.self) ?? "nothing", try c.next(Int64.self)) }
            for (reference, amount) in rows { sums[reference, default: 0] += amount }
        }
        return sums
    }

    /// What the ledger says that the bank holds of ours, in minor units.
    private func clearing(of instances: [ID<ProviderInstance>]) async throws -> Int64 {
        var sum: Int64 = 0
        for instance in instances {
            sum +=
                try await market.database.query(
                    """
                    select -coalesce(sum(amount), 0)::bigint
                    from ledger_entry join ledger_account account on account.id = account_id
                    where account.kind = 'provider_clearing' and account.instance_id = \(instance)
                    """
                ).decode { c in try c.next(Int64.self) }.first ?? 0
        }
        return sum
    }
}
