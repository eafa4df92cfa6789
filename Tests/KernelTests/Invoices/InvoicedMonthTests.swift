import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `An invoice of a month` {
    @Test func `has cash that was promised in an earlier month and came in this one`() async throws
    {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "cash-on-delivery")
            let order = try await till.order(try await till.placed())
            try await till.ship(order.id)
            func month() async throws -> String {
                String(try await market.marketplace.marketNow().description.prefix(7))
            }
            let promised = try await month()
            try await market.marketplace.moveClock(by: .seconds(40 * 86_400), as: nil)
            #expect(try await market.marketplace.invoiceCommission(of: promised).isEmpty)

            try await till.collect(order.id, as: .seller(till.thing.seller.member))
            let came = try await month()
            try await market.marketplace.moveClock(by: .seconds(40 * 86_400), as: nil)
            let invoices = try await market.marketplace.invoiceCommission(of: came)

            let owed = try await till.booked(.bySeller)
            #expect(owed > 0 && invoices.map(\.total.amount) == [owed])
            #expect(try await market.marketplace.invoiceCommission(of: came).isEmpty)
            try await till.checkBooks()
        }
    }

    @Test func `that is there already leaves what is booked later to the next one`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            _ = try await stall.sold()
            let first = try await stall.endMonth()
            #expect(first.map(\.total) == [Money(200, .eur)])
            let second = try await stall.sold()

            #expect(try await market.marketplace.invoiceCommission(of: first[0].month).isEmpty)
            let next = try await stall.endMonth()

            #expect(next.map(\.total) == [Money(200, .eur)])
            #expect(try await stall.lines(of: next[0]).map(\.order) == [second])
            try await stall.checkBooks()
        }
    }

    @Test func `charges what is left of each sale when it is written`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let half = try await stall.sold()
            let none = try await stall.sold()
            try await stall.giveBack(half, .amount(Money(1000, .eur)))
            try await stall.giveBack(none)

            let invoice = try #require(try await stall.endMonth().first)

            #expect(invoice.total == Money(100, .eur))
            #expect(try await stall.lines(of: invoice).map(\.order) == [half])
            #expect(try await stall.balance().receivable == Money(-100, .eur))
            #expect(try await stall.shop.count("select count(*) from unbilled_charge") == 0)
            try await stall.checkBooks()
        }
    }

    @Test func `corrects the one before by what went back since, and names it`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let returned = try await stall.sold()
            _ = try await stall.sold()
            let first = try #require(try await stall.endMonth().first)
            #expect(first.total == Money(400, .eur))
            try await stall.giveBack(returned, .amount(Money(500, .eur)))
            try await stall.giveBack(returned)
            let later = [try await stall.sold(), try await stall.sold()]

            let second = try #require(try await stall.endMonth().first)

            #expect(second.total == Money(200, .eur))
            let lines = try await stall.lines(of: second)
            #expect(lines.map(\.corrects) == [nil, nil, first.number])
            #expect(Set(lines.prefix(2).map(\.order)) == Set(later))
            #expect(lines.last?.order == returned)
            #expect(lines.last?.commission == Money(-200, .eur))
            try await stall.checkBooks()
            // What both invoices come to is what the seller owes, and no more can be paid.
            #expect(try await stall.balance().receivable == Money(-600, .eur))
            try await stall.pay(200, of: second, "STMT-1")
            await #expect(throws: InvoiceRefusal.aboveInvoice) {
                try await stall.pay(401, of: first, "STMT-2")
            }
            try await stall.pay(400, of: first, "STMT-3")
            #expect(try await stall.balance().receivable.isZero)
            try await stall.checkBooks()
        }
    }

    @Test func `is not written below zero, and what went back stands on the next`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let returned = try await stall.sold()
            let first = try #require(try await stall.endMonth().first)
            try await stall.pay(200, of: first, "STMT-1")
            try await stall.giveBack(returned)
            #expect(try await stall.balance().receivable == Money(200, .eur))
            try await stall.checkBooks()

            #expect(try await stall.endMonth().isEmpty)
            try await stall.checkBooks()
            _ = try await stall.sold()
            _ = try await stall.sold()
            let second = try #require(try await stall.endMonth().first)

            #expect(second.total == Money(200, .eur) && second.number == 2)
            #expect(try await stall.lines(of: second).map(\.corrects) == [nil, nil, 1])
            #expect(try await stall.balance().receivable == Money(-200, .eur))
            try await stall.checkBooks()
        }
    }

    @Test func `adds up all of its payments, however many there are`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            _ = try await stall.sold()
            let invoice = try #require(try await stall.endMonth().first)
            try await market.database.execute(
                """
                insert into invoice_payment (id, invoice_id, instance_id, amount, currency,
                    reference)
                select gen_random_uuid(), \(invoice.id)::uuid, \(stall.shop.payment)::uuid, 1,
                    'EUR', 'STMT-' || n
                from generate_series(1, 101) n
                """)

            await #expect(throws: InvoiceRefusal.aboveInvoice) {
                try await stall.pay(100, of: invoice, "STMT-102")
            }
            try await stall.pay(99, of: invoice, "STMT-103")
        }
    }

    @Test func `has nothing that was booked after it`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let first = try await stall.sold()
            let month = try await stall.month()
            try await market.marketplace.moveClock(by: .seconds(40 * 86_400), as: nil)
            _ = try await stall.sold()

            let invoice = try #require(
                try await market.marketplace.invoiceCommission(of: month).first)

            #expect(invoice.total == Money(200, .eur))
            #expect(try await stall.lines(of: invoice).map(\.order) == [first])
            try await stall.checkBooks()
        }
    }

    @Test func `counts each booking once, though it is written down again`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let order = try await stall.sold()

            try await market.database.execute(
                InvoiceStore.chargeStatement(of: ["sale:\(order)"]))

            #expect(try await stall.shop.count("select count(*) from unbilled_charge") == 1)
            try await stall.checkBooks()
        }
    }
}
