import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A dispute of which nobody told` {
    /// One purchase of 20 euros, disputed at a bank whose webhooks are lost.
    private struct Case {
        let shop: Shop
        let reference: String
        let total: Money
        let finance: Account

        init(_ market: TestMarketplace) async throws {
            shop = try await Shop(market)
            finance = try await market.given.administrator(.finance)
            let placed = try await shop.place(try await shop.checkout(try await shop.thing()))
            reference = try #require(placed.payment.reference)
            total = placed.purchase.total
        }

        func snapshot(
            _ status: DisputeStatus, _ version: Int64, named name: String = "du_1",
            taken: Money? = nil
        ) -> DisputeSnapshot {
            DisputeSnapshot(
                reference: name, paymentReference: reference, status: status, amount: total,
                withdrawn: taken ?? total, fee: Money(1500, .eur), reason: "fraudulent",
                version: version)
        }

        func booked(_ kind: String) async throws -> Int {
            try await shop.count(
                """
                select coalesce(sum(entry.amount), 0)::bigint from ledger_entry entry
                join ledger_account account on account.id = entry.account_id
                where account.kind = \(kind)
                """)
        }

        /// What an administrator read of disputes, oldest first.
        func told() async throws -> [String] {
            try await shop.market.tellEverybody()
            return try await shop.marketplace.notices(
                of: finance.id, as: .administrator, PageRequest()
            ).items.map(\.topic).filter { $0.hasPrefix("dispute.") }.reversed()
        }
    }

    @Test func `is found, booked and told once, and a webhook that comes later changes nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let taken = dispute.snapshot(.needsResponse, 20)
            dispute.shop.bank.keep(taken)

            #expect(try await market.marketplace.sweepDisputes() == 1)
            #expect(try await market.marketplace.sweepDisputes() == 0)
            let late = dispute.shop.bank.webhook(taken)
            try await market.marketplace.receiveWebhook(
                from: dispute.shop.payment, headers: late.headers, body: late.body)
            try await market.worker().drain()

            #expect(try await dispute.booked("disputed") == -Int(dispute.total.amount))
            #expect(try await dispute.booked("provider_fees") == -1500)
            #expect(try await dispute.told() == ["dispute.needs_response"])
            let report = try await market.marketplace.verifyLedger()
            #expect(report.checks.flatMap(\.culprits).isEmpty)
        }
    }

    /// It was opened so long ago that no list of new ones has it.
    @Test func `but whose beginning was heard is asked for once a day until it is over`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let longAgo = Instant.systemNow.advanced(days: -60)
            let opened = dispute.snapshot(.needsResponse, 20)
            dispute.shop.bank.keep(opened, openedAt: longAgo)
            try await market.marketplace.applyDispute(opened, at: dispute.shop.payment)
            #expect(try await market.marketplace.sweepDisputes() == 0, "no news")
            dispute.shop.bank.keep(dispute.snapshot(.won, 39, taken: Money(0, .eur)))

            #expect(try await market.marketplace.sweepDisputes() == 0, "it was asked for just now")
            try await market.database.execute(
                "update dispute_question set due_at = '-infinity'")
            #expect(try await market.marketplace.sweepDisputes() == 1)

            #expect(try await dispute.booked("disputed") == 0)
            #expect(try await dispute.told() == ["dispute.needs_response", "dispute.won"])
            try await market.database.execute(
                "update dispute_question set due_at = '-infinity'")
            #expect(try await market.marketplace.sweepDisputes() == 0, "it is over")
        }
    }

    @Test func `is found after days on which the provider could not be asked`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            #expect(try await market.marketplace.sweepDisputes() == 0)
            try await market.database.execute(
                "update dispute_sweep set asked_until = now() - interval '10 days'")
            dispute.shop.bank.keep(
                dispute.snapshot(.needsResponse, 20),
                openedAt: Instant.systemNow.advanced(days: -5))

            dispute.shop.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            #expect(try await market.marketplace.sweepDisputes() == 0)
            dispute.shop.bank.beBlind(nil)
            #expect(try await market.marketplace.sweepDisputes() == 1)
        }
    }

    /// Clocks differ, and the payment may be known later than the dispute.
    @Test func `is found although it was opened before the last time that was asked`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            try await market.database.execute(
                "update provider_instance set created_at = now() - interval '10 days'")
            #expect(try await market.marketplace.sweepDisputes() == 0)
            dispute.shop.bank.keep(
                dispute.snapshot(.needsResponse, 20),
                openedAt: Instant.systemNow.advanced(by: .seconds(-3 * 3600)))

            #expect(try await market.marketplace.sweepDisputes() == 1)
        }
    }

    @Test func `is found behind one that cannot be believed, and behind another's`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let tooMuch = Money(dispute.total.amount + 1, .eur)
            dispute.shop.bank.keep(
                dispute.snapshot(.needsResponse, 20, named: "du_absurd", taken: tooMuch))
            var foreign = dispute.snapshot(.needsResponse, 20, named: "du_foreign")
            foreign.paymentReference = "pay_of_somebody_else"
            dispute.shop.bank.keep(foreign)
            dispute.shop.bank.keep(dispute.snapshot(.needsResponse, 20))

            #expect(try await market.marketplace.sweepDisputes() == 1)
            let known = try await market.marketplace.disputes(isOpen: true, PageRequest()).items
            #expect(known.map(\.dispute.reference) == ["du_1"])
            let aside = try await market.marketplace.disputesSetAside(
                at: dispute.shop.payment, PageRequest())
            #expect(aside.map(\.reference) == ["du_absurd"])
        }
    }

    /// The provider has a state for it that came after the module was written.
    @Test func `is found behind one that the module cannot read, which a person sees`() async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let shop = dispute.shop
            func aside() async throws -> [DisputeSetAside] {
                try await market.marketplace.disputesSetAside(at: shop.payment, PageRequest())
            }
            func askAgain() async throws -> Int {
                try await market.database.execute(
                    "update dispute_quarantine set due_at = '-infinity'")
                return try await market.marketplace.sweepDisputes()
            }
            shop.bank.keep(dispute.snapshot(.needsResponse, 20, named: "du_odd"))
            shop.bank.garble("du_odd")
            shop.bank.keep(dispute.snapshot(.inquiry, 1, taken: Money(0, .eur)))

            #expect(try await market.marketplace.sweepDisputes() == 1)
            #expect(try await aside().map(\.reference) == ["du_odd"])
            #expect(try await aside().map(\.problem) == ["The dispute is novel."])
            #expect(try await askAgain() == 0)
            #expect(try await aside().map(\.problem) == ["The dispute is still novel."])

            shop.bank.garble("du_odd", false)
            #expect(try await askAgain() == 1, "though it is on no list of new ones any more")
            #expect(try await aside().isEmpty)
            let known = try await market.marketplace.disputes(isOpen: true, PageRequest()).items
            #expect(Set(known.map(\.dispute.reference)) == ["du_odd", "du_1"])
        }
    }

    @Test func `is set aside no longer when it turns out to be about nothing of ours`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let shop = dispute.shop
            var foreign = dispute.snapshot(.needsResponse, 20, named: "du_foreign")
            foreign.paymentReference = "pay_of_somebody_else"
            shop.bank.keep(foreign)
            shop.bank.garble("du_foreign")
            #expect(try await market.marketplace.sweepDisputes() == 0)
            #expect(try await shop.count("select count(*) from dispute_quarantine") == 1)

            shop.bank.garble("du_foreign", false)
            try await market.database.execute(
                "update dispute_quarantine set due_at = '-infinity'")
            #expect(try await market.marketplace.sweepDisputes() == 0)

            #expect(try await shop.count("select count(*) from dispute_quarantine") == 0)
        }
    }

    /// Also when the worker died in the middle: nobody has to say that it got no answer.
    @Test(arguments: [true, false])
    func `that its provider did not answer for is asked for in minutes, later and later`(
        isOpen: Bool
    ) async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let shop = dispute.shop
            let opened = dispute.snapshot(.needsResponse, 20)
            shop.bank.keep(opened, openedAt: Instant.systemNow.advanced(days: -60))
            let table: SQL = isOpen ? "dispute_question" : "dispute_quarantine"
            if isOpen {
                try await market.marketplace.applyDispute(opened, at: shop.payment)
            } else {
                try await market.marketplace.setAside("du_1", "odd", at: shop.payment)
                shop.bank.garble("du_1")
                try await market.database.execute(
                    "update dispute_quarantine set due_at = '-infinity'")
            }
            /// In how many minutes its turn is, by the database's time.
            func minutes() async throws -> Int {
                try await shop.count(
                    "select round(extract(epoch from due_at - now()) / 60)::bigint from \(table)")
            }
            func ask() async throws -> Int {
                try await market.database.execute("update \(table) set due_at = '-infinity'")
                try await market.marketplace.askDueDisputes()
                return try await minutes()
            }
            shop.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            try await market.marketplace.askDueDisputes()
            var found = [try await minutes()]
            for _ in 0..<3 { found.append(try await ask()) }
            #expect(found == [10, 20, 40, 80])
            try await market.marketplace.askDueDisputes()
            #expect(try await minutes() == 80, "nobody asks before")

            shop.bank.beBlind(nil)
            #expect(try await ask() == 1200, "once a day is enough")
            shop.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            #expect(try await ask() == 10, "an answer makes good for all that did not come")
        }
    }

    @Test func `is asked for behind open ones that cannot be read, however many`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let shop = dispute.shop
            let longAgo = Instant.systemNow.advanced(days: -60)
            // More than a circuit breaker takes.
            let odd = (1...7).map { "du_odd_\($0)" }
            for name in odd + ["du_1"] {
                let opened = dispute.snapshot(.inquiry, 1, named: name, taken: Money(0, .eur))
                shop.bank.keep(opened, openedAt: longAgo)
                try await market.marketplace.applyDispute(opened, at: shop.payment)
            }
            for name in odd { shop.bank.garble(name) }
            shop.bank.keep(dispute.snapshot(.closed, 3, taken: Money(0, .eur)))

            #expect(try await market.marketplace.sweepDisputes() == 1)

            let aside = try await market.marketplace.disputesSetAside(
                at: shop.payment, PageRequest())
            #expect(Set(aside.map(\.reference)) == Set(odd))
            #expect(try await dispute.told().contains("dispute.closed"))
        }
    }

    /// Two processes look at once.
    @Test func `that cannot be read is set aside once, and no more than a thousand are`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            let shop = dispute.shop
            shop.bank.keep(dispute.snapshot(.needsResponse, 20, named: "du_odd"))
            shop.bank.garble("du_odd")
            try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await market.marketplace.sweepDisputes() }
                }
                for try await found in group { #expect(found == 0) }
            }
            #expect(try await shop.count("select count(*) from dispute_quarantine") == 1)

            try await market.database.execute(
                """
                insert into dispute_quarantine (instance_id, reference, problem)
                select \(shop.payment), 'du_' || n, 'odd' from generate_series(1, 999) n
                """)
            #expect(
                try await market.database.disputes.setAside(
                    "du_more", "odd", at: shop.payment) == .nothing)
            #expect(
                try await market.database.disputes.setAside(
                    "du_odd", "odder", at: shop.payment) == .otherProblem)
            #expect(try await shop.count("select count(*) from dispute_quarantine") == 1000)
        }
    }

    @Test func `is found once by workers that ask at the same moment`() async throws {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            for number in 0..<4 {
                dispute.shop.bank.keep(
                    dispute.snapshot(
                        .needsResponse, 20, named: "du_\(number)",
                        taken: Money(dispute.total.amount / 4, .eur)))
            }
            let workers = try (0..<3).map { _ in try market.anotherProcess() }

            try await withThrowingTaskGroup(of: Void.self) { group in
                for worker in workers { group.addTask { try await worker.sweepDisputes() } }
                try await group.waitForAll()
            }
            for worker in workers { await worker.database.close() }

            #expect(
                try await dispute.booked("disputed") == -Int(dispute.total.amount / 4 * 4))
            #expect(try await dispute.booked("provider_fees") == -4 * 1500)
            #expect(
                try await dispute.told() == Array(repeating: "dispute.needs_response", count: 4))
            #expect(try await market.marketplace.sweepDisputes() == 0)
            let report = try await market.marketplace.verifyLedger()
            #expect(report.checks.flatMap(\.culprits).isEmpty)
        }
    }

    @Test func `is found by the next one when the provider went away among its pages`()
        async throws
    {
        try await TestMarketplace.run { market in
            let dispute = try await Case(market)
            try await market.database.execute(
                "update provider_instance set created_at = now() - interval '10 days'")
            let opened = Instant.systemNow.advanced(days: -5)
            for number in 0..<3 {
                dispute.shop.bank.keep(
                    dispute.snapshot(
                        .needsResponse, 20, named: "du_\(number)",
                        taken: Money(dispute.total.amount / 4, .eur)), openedAt: opened)
            }
            let bank = dispute.shop.bank
            bank.meanwhile { bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil)) }
            try await market.marketplace.sweepDisputes()
            bank.beBlind(nil)

            #expect(try await market.marketplace.sweepDisputes() == 2)
            #expect(try await dispute.booked("provider_fees") == -3 * 1500)
            #expect(try await dispute.told().count == 3)
        }
    }
}
