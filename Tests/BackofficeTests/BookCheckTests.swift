import Kernel
@_spi(Statements) import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// What watches over the books, as the desk shows it.
@Suite struct `Checks of the books, at the desk` {
    @Test func `a request reads what was kept, and the worker recomputes`() async throws {
        try await Office.run { office in
            _ = try await Sale(office.market)
            let path = "/api/v1/ledger/verification"
            let never = try await office.get(path, as: .finance)
            #expect(never.status == 200 && never.value("isClean") == nil)

            let asked = try await office.post("/api/v1/ledger/verifications", "{}", as: .finance)
            #expect(asked.value("begunAt") == nil && asked.value("endedAt") == nil)
            // Nothing was recomputed by asking, and asking twice asks for one.
            #expect(try await office.get(path).value("isClean") == nil)
            let again = try await office.post("/api/v1/ledger/verifications", "{}")
            #expect(again.value("id") == asked.value("id"))
            let waiting = try await office.get("/ledger/verification", as: .finance)
            #expect(waiting.text.contains("it waits for a worker"))

            try await office.market.worker().drain()
            let done = try await office.get(path)
            #expect(done.value("isClean") == "true" && done.value("run.endedAt") != nil)
            #expect(done.value("run.done") == done.value("run.steps"))
            #expect(Int(try done.require("entries")) ?? 0 > 5)
            let page = try await office.get("/ledger/verification")
            #expect(page.text.contains("The books are right"))
            #expect(page.text.contains("All entries of a currency add up to zero"))

            // Refused to those who may not see the money.
            #expect(try await office.get(path, as: .support).status == 403)
            let support = try await office.post(
                "/api/v1/ledger/verifications", "{}", as: .support)
            #expect(support.status == 403)
        }
    }

    @Test func `how far a recomputation is can be seen while it runs`() async throws {
        try await TestMarketplace.run { market in
            let seen = Steps()
            let watching = market.marketplace
            _ = try await watching.verifyLedger { done, steps in
                await seen.add(done, steps)
            }
            let steps = await seen.steps
            #expect(steps.first?.done == 0 && steps.count == steps.first?.steps)
            #expect(steps.map(\.done) == Array(0..<steps.count))

            // A run that broke off is begun again by the next, under the same number.
            try await market.database.execute("insert into verification_run default values")
            let broken = try #require(try await watching.lastVerificationRun())
            try await watching.recordVerification()
            let ended = try #require(try await watching.lastVerificationRun())
            #expect(ended.id == broken.id && ended.endedAt != nil && ended.done == ended.steps)
        }
    }

    private actor Steps {
        var steps: [(done: Int, steps: Int)] = []
        func add(_ done: Int, _ of: Int) { steps.append((done, of)) }
    }

    @Test func `a block that was touched by hand is named on the page`() async throws {
        try await Office.run { office in
            let market = office.market
            _ = try await Sale(market)
            try await Self.seal(market)
            try await market.marketplace.recordVerification()
            let blocks = try await office.get("/api/v1/seals?chain=ledger", as: .finance)
            #expect(blocks.value("items.0.number") == "1")
            #expect(try blocks.require("items.0.hash").count == 64)
            #expect(blocks.value("items.0.firstRow") == "1")
            let fine = try await office.get("/api/v1/seals/verification")
            #expect(fine.value("items.0.chain") == "ledger")
            #expect(fine.value("items.0.isClean") == "true")
            #expect(fine.value("items.1.chain") == "audit")
            let page = try await office.get("/seals", as: .finance)
            #expect(page.status == 200 && !page.text.contains("Broken"))
            #expect(page.text.contains(try blocks.require("items.0.hash")))

            try await market.storage.tamper([
                "update ledger_transaction set booked_at = booked_at - interval '1 hour' where id = 1"
            ])
            try await market.marketplace.recordVerification()

            let broken = try await office.get("/api/v1/seals/verification")
            #expect(broken.value("items.0.isClean") == "false")
            #expect(broken.value("items.0.faults.0") == "transaction 1 was changed")
            #expect(broken.value("items.1.isClean") == "true")
            let shown = try await office.get("/seals?chain=audit")
            #expect(shown.text.contains("transaction 1 was changed"))
            #expect(try await office.get("/seals", as: .support).status == 403)
            try await market.storage.tamper([
                "update ledger_transaction set booked_at = booked_at + interval '1 hour' where id = 1"
            ])
        }
    }

    @Test func `whoever is at fault is found in the sentence, with or without a digit`() {
        #expect(
            LedgerCheck.names(in: "purchase KVGXHGMK is 600100, not order K7M49XQ2-1 of the seller")
                == ["KVGXHGMK", "K7M49XQ2-1"])
    }

    @Test func `what is at fault leads to the page where it is looked into`() async throws {
        try await Office.run(checkingInvariants: false) { office in
            let sale = try await Sale(office.market)
            let (purchase, seller) = (sale.purchase, sale.sellers[0].id)
            let payment = try await office.get("/api/v1/payments").require("items.0.id")
            try await office.market.storage.tamper([
                "update purchase set total = total + 1",
                "update payment set captured = captured - 1",
                """
                update ledger_balance set balance = balance + 1 where account_id in (
                    select a.id from ledger_account a join wallet on wallet.id = a.wallet_id
                    where wallet.seller_id = \(seller) and a.kind = 'seller_pending')
                """,
            ])
            try await office.market.marketplace.recordVerification()

            let page = try await office.get("/ledger/verification", as: .finance)

            #expect(page.text.contains("The books are wrong"))
            for (path, words) in [
                ("/purchases/\(purchase.id)", "purchase \(purchase.number)"),
                ("/payments/\(payment)", "payment \(purchase.number)"),
                ("/sellers/\(seller)", "seller Clay"),
            ] {
                #expect(page.text.contains("<a href=\"\(path)\">\(words)</a>"), "\(path)")
                #expect(try await office.get(path, as: .finance).status < 400)
            }
        }
    }

    @Test func `a row that names two things leads to the first, which it is about`() async throws {
        try await Office.run(checkingInvariants: false) { office in
            let sale = try await Sale(office.market)
            let payment = try await office.get("/api/v1/payments").require("items.0.id")
            try await office.market.storage.tamper(["update purchase set total = total + 1"])
            try await office.market.marketplace.recordVerification()

            let page = try await office.get("/ledger/verification", as: .finance).text

            let named = try #require(page.firstRange(of: "payment \(payment) is "))
            let rest = page[named.upperBound...]
            let row = rest.prefix(upTo: try #require(rest.firstRange(of: "</tr>")).lowerBound)
            #expect(row.contains("purchase \(sale.purchase.number) is "))
            #expect(row.contains("href=\"/payments/\(payment)\""))
            #expect(!row.contains("href=\"/purchases/"))
        }
    }

    @Test func `a day that did not agree is compared again, and the newest counts`() async throws {
        try await Office.run { office in
            let market = office.market
            let sale = try await Sale(market)
            let day = Day(containing: .systemNow)
            let path = "/api/v1/providers/\(sale.payment)/reconciliations"
            Self.spoil(sale.payment)
            let body = "{\"day\": \"\(day)\"}"
            let wrong = try await office.post(path, body, as: .finance)
            #expect(wrong.value("isNewest") == "true" && wrong.value("unmatched") != "0")
            let open = try await office.get("/reconciliations?state=open", as: .finance)
            #expect(open.text.contains("Compare again"))

            // Mended: compared again from the page.
            Self.mend(sale.payment)
            let sent = try await office.submit(
                [("day", day.description)], to: "/providers/\(sale.payment)/reconciliations",
                on: "/reconciliations?state=open", as: .finance)
            #expect(sent.status == 303)
            let history = try await office.get(
                "/api/v1/reconciliations?provider=\(sale.payment)&day=\(day)")
            #expect(history.value("items.0.unmatched") == "0")
            #expect(history.value("items.0.isNewest") == "true")
            #expect(history.value("items.1.isNewest") == "false")
            let none = try await office.get("/api/v1/reconciliations?state=open")
            #expect(none.value("items.0.id") == nil)
            #expect(try await market.marketplace.unmatchedLines() == 0)
        }
    }

    @Test func `the worker compares again what did not agree some hours ago`() async throws {
        try await TestMarketplace.run { market in
            let sale = try await Sale(market)
            Self.spoil(sale.payment)
            let day = Day(containing: .systemNow)
            try await market.marketplace.reconcile(sale.payment, day)
            #expect(try await market.marketplace.unmatchedLines() > 0)
            Self.mend(sale.payment)
            #expect(try await market.marketplace.reconcileAgain() == 0)

            try await market.database.execute(
                "update reconciliation set at = at - interval '7 hours'")
            #expect(try await market.marketplace.reconcileAgain() == 1)
            #expect(try await market.marketplace.unmatchedLines() == 0)
            #expect(try await market.marketplace.reconcileAgain() == 0)
        }
    }

    /// The provider's books get a line that nobody here knows of, and lose it again.
    private static func spoil(_ instance: ID<ProviderInstance>) {
        TestBank.of(instance).spoilBalance {
            $0.append(
                BalanceEntry(
                    id: "odd", kind: .adjustment, reference: "odd", gross: Money(7, .eur),
                    fee: .zero(.eur), net: Money(7, .eur), at: .systemNow))
        }
    }

    private static func mend(_ instance: ID<ProviderInstance>) {
        TestBank.of(instance).spoilBalance { $0.removeLast() }
    }

    /// Other tests' open transactions hold back what may be sealed.
    private static func seal(_ market: TestMarketplace) async throws {
        for _ in 0..<2_000 {
            try await market.marketplace.sealRows()
            if try await market.marketplace.verifySeals(.ledger).unsealed == 0 { return }
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
