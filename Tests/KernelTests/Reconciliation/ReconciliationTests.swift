import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Comparing a provider's books with ours` {
    /// A sale of two sellers in one charge, one that was given back, one that was paid out.
    private struct Trade {
        let earnings: Earnings
        var bank: TestBank { earnings.shop.bank }
        var instance: ID<ProviderInstance> { earnings.shop.payment }
        private let market: TestMarketplace

        init(_ market: TestMarketplace) async throws {
            self.market = market
            earnings = try await Earnings(market)
            let shop = earnings.shop
            _ = try await shop.bought(
                try await shop.thing(by: earnings.seller, price: 4250),
                try await shop.thing(price: 1999))
            let paid = try await earnings.delivered(price: 3000)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            _ = paid
            try await earnings.refund(try await earnings.delivered(price: 999))
        }

        func reconcile() async throws -> ReconciliationRun {
            try await market.marketplace.reconcile(instance, Day(containing: .systemNow))
        }
    }

    @Test func `both books agree, though one charge there is two sales here`() async throws {
        try await TestMarketplace.run { market in
            let run = try await Trade(market).reconcile()

            #expect(run.faults.isEmpty && run.isClean)
            // Three charges, a refund and a payout there; four sales, a refund and a payout here.
            #expect(run.matched == 5 + 6)
            #expect(try await market.marketplace.unmatchedLines() == 0)
            #expect(
                try await market.marketplace.reconciliations().items.map(\.id) == [run.id])
        }
    }

    @Test func `a line that the bank mislaid is ours alone`() async throws {
        try await TestMarketplace.run { market in
            let trade = try await Trade(market)
            trade.bank.spoilBalance { $0.removeAll { $0.kind == .refund } }

            let run = try await trade.reconcile()

            let fault = try #require(run.faults.first)
            #expect(run.unmatched == 1 && fault.side == .ours && fault.kind == "refund")
            #expect(fault.keys.first?.hasPrefix("refund:") == true)
            #expect(fault.theirs == nil && fault.cause.contains("mislaid"))
            #expect(try await market.marketplace.unmatchedLines() == 1)
        }
    }

    @Test func `an amount that differs by one unit is named with both amounts`() async throws {
        try await TestMarketplace.run { market in
            let trade = try await Trade(market)
            trade.bank.spoilBalance { lines in
                let amount = Money(lines[0].gross.amount + 1, .eur)
                (lines[0].gross, lines[0].net) = (amount, amount)
            }

            let run = try await trade.reconcile()

            let fault = try #require(run.faults.first)
            #expect(run.unmatched == 1 && fault.side == .both && fault.keys.count == 2)
            #expect((fault.theirs?.amount ?? 0) - (fault.ours?.amount ?? 0) == 1)
            #expect(fault.cause.contains("1 minor unit"))
        }
    }

    @Test func `a line that the bank has twice is said to be there twice`() async throws {
        try await TestMarketplace.run { market in
            let trade = try await Trade(market)
            trade.bank.spoilBalance { lines in
                var again = lines[0]
                again.id = "again"
                lines.append(again)
            }

            let run = try await trade.reconcile()

            #expect(run.faults.map(\.entries) == [["again"]])
            #expect(run.faults.first?.cause.contains("twice") == true)
        }
    }

    @Test func `what we lost is the provider's alone, with what we know of it`() async throws {
        try await TestMarketplace.run(checkingInvariants: false) { market in
            let trade = try await Trade(market)
            // Our books forget the payout, as if its answer and its webhook had never come.
            try await market.storage.tamper([
                """
                delete from ledger_entry where transaction_id in (
                    select id from ledger_transaction where kind = 'payout_post')
                """,
                "delete from ledger_transaction where kind = 'payout_post'",
                "update payout set state = 'unknown', settled_at = null",
            ])
            // And a charge that nobody here ever asked for.
            trade.bank.spoilBalance {
                $0.append(
                    BalanceEntry(
                        id: "stranger", kind: .charge, reference: "pay_stranger",
                        gross: Money(500, .eur), fee: .zero(.eur), net: Money(500, .eur),
                        at: .systemNow))
            }

            let run = try await trade.reconcile()

            #expect(run.faults.map(\.side) == [.provider, .provider])
            #expect(run.faults[0].reference == "pay_stranger")
            #expect(run.faults[0].cause.contains("we know nothing of"))
            #expect(run.faults[1].kind == "payout" && run.faults[1].cause.contains("is unknown"))
        }
    }

    @Test func `two instances of one merchant share an account there, and each has its own`()
        async throws
    {
        try await TestMarketplace.run { market in
            let (one, other) = (try await Trade(market), try await Trade(market))
            var lines: [BalanceEntry] = []
            other.bank.spoilBalance { lines = $0 }
            one.bank.spoilBalance { own in
                own += lines.map { line in
                    var line = line
                    line.id = "other-" + line.id
                    return line
                }
            }

            #expect(try await one.reconcile().isClean)
            #expect(try await other.reconcile().isClean)
        }
    }

    @Test func `a line close to midnight finds its counterpart on the other day`() throws {
        let day = try #require(Day("2026-11-21"))
        let before = day.from.advanced(by: .seconds(-1))
        let lines = { (at: Instant, name: String) in
            [
                BookLine(
                    name: name, kind: .charge, reference: "r", amount: Money(5, .eur),
                    fee: .zero(.eur), at: at)
            ]
        }

        let close = Reconciliation(
            ours: lines(before, "sale"), theirs: lines(day.from, "line"), from: day.from,
            until: day.until)
        #expect(close.faults.isEmpty && close.matched == 1)
        // Wholly of another day: not this day's business.
        let other = Reconciliation(
            ours: lines(before, "sale"), theirs: [], from: day.from, until: day.until)
        #expect(other.faults.isEmpty && other.matched == 0)
        let lost = Reconciliation(
            ours: lines(day.from, "sale"), theirs: [], from: day.from, until: day.until)
        #expect(lost.faults.map(\.side) == [.ours])
    }

    @Test func `a fee that was kept is said to be the difference`() throws {
        let day = try #require(Day("2026-11-21"))
        let line = { (amount: Int64, fee: Int64) in
            BookLine(
                name: "x", kind: .charge, reference: "r", amount: Money(amount, .eur),
                fee: Money(fee, .eur), at: day.from)
        }

        let found = Reconciliation(
            ours: [line(1000, 0)], theirs: [line(971, 29)], from: day.from, until: day.until)

        #expect(found.faults.first?.cause.contains("the provider's fee of 29") == true)
    }

    @Test func `what the provider kept of a charge is booked as a cost, once`() async throws {
        try await TestMarketplace.run { market in
            let trade = try await Trade(market)
            trade.bank.spoilBalance { lines in
                for index in lines.indices where lines[index].kind == .charge {
                    lines[index].fee = Money(29, .eur)
                    lines[index].net = Money(lines[index].gross.amount - 29, .eur)
                }
            }

            for _ in 0..<2 {
                let run = try await trade.reconcile()
                #expect(run.faults.isEmpty && run.isClean)
            }
            let fees = try await market.database.query(
                """
                select count(*), -sum(amount)::bigint from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where account.kind = 'provider_fees'
                """
            ).decode { c in [try c.next(Int64.self), try c.next(Int64.self)] }
            #expect(fees == [[3, 87]])
        }
    }

    @Test func `yesterday is compared once by the worker`() async throws {
        try await TestMarketplace.run { market in
            let trade = try await Trade(market)

            #expect(try await market.marketplace.reconcileYesterday() == 1)
            #expect(try await market.marketplace.reconcileYesterday() == 0)

            let runs = try await market.marketplace.reconciliations(
                ReconciliationFilter(instance: trade.instance))
            #expect(runs.items.map(\.day) == [Day(containing: .systemNow).before])
        }
    }

    @Test func `days are dates, and tomorrow has not begun`() async throws {
        #expect(Day("2026-02-30") == nil && Day("21.11.2026") == nil && Day("2026-11-2") == nil)
        #expect(Day("2026-11-21")?.before.description == "2026-11-20")
        try await TestMarketplace.run { market in
            let instance = try await market.given.instance()
            let tomorrow = Day(containing: Instant.systemNow.advanced(days: 1))
            await #expect(throws: ReconciliationRefusal.notBegun) {
                try await market.marketplace.reconcile(instance, tomorrow)
            }
        }
    }
}
