import Foundation
import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Statements by month` {
    @Test(arguments: [1, 2, 3] as [UInt64])
    func `each month begins with what the month before ended with, whatever happened`(
        seed: UInt64
    ) async throws {
        try await TestMarketplace.run { market in
            var random = Lottery(state: seed)
            let earnings = try await Earnings(market)
            try await earnings.keep(
                try ReservePolicy.checked(rate: PartsPerMillion(150_001), days: 20))
            var orders: [OrderDetail] = []
            for _ in 0..<25 {
                let die = Int.random(in: 0..<10, using: &random)
                switch die {
                case 0..<4:
                    let price = Int64.random(in: 1...9999, using: &random)
                    orders.append(try await earnings.delivered(price: price))
                case 4:
                    if let order = orders.randomElement(using: &random) {
                        do { try await earnings.refund(order) } catch is any Refusal {}
                    }
                case 5:
                    _ = try await market.marketplace.runPayouts()
                    try await market.worker().drain()
                case 6: try await earnings.sendBackLastPayout()
                default:
                    let days = Int64.random(in: 1...20, using: &random)
                    try await market.marketplace.moveClock(by: .seconds(days * 86_400), as: nil)
                    while try await market.marketplace.releaseHolds() > 0 {}
                    while try await market.marketplace.releaseReserves() > 0 {}
                }
            }
            try await check(earnings, seed)
            try await earnings.checkBooks()
        }
    }

    /// Every month's columns lead from its opening to its closing, which is the next one's opening,
    /// and the last closing is what the balances say.
    private func check(_ earnings: Earnings, _ seed: UInt64) async throws {
        let market = earnings.market.marketplace
        let range = try #require(
            try await market.statementRanges(of: earnings.seller.id).first, "seed \(seed)")
        var month = range.first
        var carried = Money.zero(.eur)
        var keptOver = Money.zero(.eur)
        while month <= range.last {
            let statement = try await market.wholeMonthStatement(
                of: earnings.seller.id, range.wallet, range.currency, month, linesMax: 1000)
            #expect(statement.opening == carried, "seed \(seed), \(month)")
            #expect(try statement.opening.adding(statement.sums.total()) == statement.closing)
            let lines = try Money.sum(statement.lines.items.map(\.net), .eur)
            #expect(try statement.opening.adding(lines) == statement.closing)
            for line in statement.lines.items {
                let parts = try Money.sum([line.gross, line.fee, line.feeVAT, line.tax], .eur)
                #expect(parts == line.net)
            }
            let reserve = statement.reserve
            #expect(reserve.opening == keptOver)
            #expect(
                try Money.sum([reserve.opening, reserve.kept, reserve.released], .eur)
                    == reserve.closing)
            #expect(statement.isClosed == (month < range.last))
            (carried, keptOver) = (statement.closing, reserve.closing)
            month = month.next
        }
        let balance = try await earnings.balance()
        let owed = try Money.sum(
            [balance.pending, balance.reserved, balance.available, balance.paying, balance.debt],
            .eur)
        #expect(carried == owed, "seed \(seed)")
        #expect(keptOver == balance.reserved)
    }

    @Test func `a sale, its fee and its payout stand in their columns, and in the CSV`()
        async throws
    {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            let order = try await earnings.delivered(price: 4250)
            try await earnings.waitForHolds()
            _ = try await market.marketplace.runPayouts()
            try await market.worker().drain()
            let range = try #require(
                try await market.marketplace.statementRanges(of: earnings.seller.id).first)
            let statements = try await earnings.statements(range)

            let amounts = order.order.amounts
            let sales = try Money.sum(statements.map(\.sums.sales), .eur)
            let fees = try Money.sum(statements.map(\.sums.fees), .eur)
            let paid = try Money.sum(statements.map(\.sums.payouts), .eur)
            #expect(sales == amounts.total)
            #expect(fees.amount == -amounts.commission.amount)
            #expect(paid.amount == -amounts.sellerShare.amount)
            #expect(statements.last?.closing.isZero == true)

            let csv = statements.map { $0.csv() }.joined()
            #expect(csv.contains(",\(order.order.number),"))
            #expect(csv.contains("opening balance") && csv.contains("closing balance"))
            #expect(
                csv.hasPrefix(
                    "date,what,order,payout,gross,fee,fee_vat,tax,net,currency,sellers_tax\r\n"))
        }
    }

    @Test(arguments: [false, true])
    func `the tax that a seller hands in is noted, and all of it comes back with a full refund`(
        isPlatforms: Bool
    ) async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "\(isPlatforms)"])
            let order = try await counter.shipped(quantity: 3)
            let amounts = order.order.amounts
            let own = try amounts.tax.adding(amounts.taxIncluded).subtracting(amounts.taxByPlatform)
            #expect(own.isZero == isPlatforms)
            func noted() async throws -> (sum: Int64, lines: [Int64]) {
                let seller = counter.thing.seller.id
                let range = try #require(
                    try await market.marketplace.statementRanges(of: seller).first)
                let statement = try await market.marketplace.wholeMonthStatement(
                    of: seller, range.wallet, .eur, range.last, linesMax: 100)
                return (
                    statement.sums.sellerTax.amount,
                    statement.lines.items.map(\.sellerTax.amount)
                )
            }
            #expect(try await noted().lines == [own.amount])

            try await counter.refund(order, .amount(Money(333, .eur)))
            try await counter.refund(order, .amount(Money(334, .eur)))
            let between = try await noted()
            #expect(between.sum == between.lines.reduce(0, +))
            #expect(between.lines.dropFirst().allSatisfy { $0 <= 0 })
            try await counter.refund(order, .everything)

            #expect(try await noted().sum == 0)
        }
    }

    @Test func `another seller's wallet and a month to come have no statement`() async throws {
        try await TestMarketplace.run { market in
            let earnings = try await Earnings(market)
            _ = try await earnings.delivered(price: 2000)
            let stranger = try await market.given.verifiedSeller()
            let month = StatementMonth(of: try await market.marketplace.marketNow())

            for (seller, asked) in [(stranger.id, month), (earnings.seller.id, month.next)] {
                await #expect(throws: StatementRefusal.unknown) {
                    try await market.marketplace.monthStatement(
                        of: seller, earnings.seller.wallet, .eur, asked, PageRequest())
                }
            }
            await #expect(throws: StatementRefusal.tooLong) {
                try await market.marketplace.wholeMonthStatement(
                    of: earnings.seller.id, earnings.seller.wallet, .eur, month, linesMax: 0)
            }
        }
    }

    @Test(arguments: ["2026-13", "2026-00", "26-1", "2026-1", "2026/11", "", "1999-12", "２０２６-1"])
    func `what is no month is none`(text: String) {
        #expect(StatementMonth(text) == nil)
    }

    @Test func `a year ends in January`() throws {
        let month = try #require(StatementMonth("2026-12"))
        #expect(month.next.description == "2027-01")
        #expect(month.end == Instant("2027-01-01T00:00:00Z"))
    }
}

@Suite struct `Printing a page` {
    private static let page = "<h1>Statement</h1><p>€ 12.00 für Löwenzahn</p>"

    @Test func `is done by the tool, or refused with the command that installs it`() async throws {
        try await TestMarketplace.run { market in
            let isThere = FileManager.default.isExecutableFile(
                atPath: market.marketplace.settings.printTool)
            do {
                let pdf = try await market.marketplace.printPDF(Self.page)
                #expect(pdf.starts(with: Array("%PDF-".utf8)) && isThere)
            } catch let refusal as PrintRefusal {
                #expect(refusal == .noTool && !isThere)
                #expect(refusal.explanation.contains("apt-get install weasyprint"))
            }
        }
    }

    @Test func `ends at its deadline, and a tool that fails is told of`() async throws {
        let slow = try Self.script("sleep 60")
        let failing = try Self.script("exit 3")
        let liar = try Self.script("echo no PDF > \"${@: -1}\"")
        for tool in [slow, failing, liar] {
            try await TestMarketplace.run { settings in
                settings.printTool = tool
                settings.printDeadline = .milliseconds(300)
            } _: { market in
                let begun = ContinuousClock.now
                await #expect(throws: PrintRefusal.failed) {
                    try await market.marketplace.printPDF(Self.page)
                }
                #expect(ContinuousClock.now - begun < .seconds(20))
            }
        }
    }

    @Test func `never has more processes or waiting pages than it may`() async throws {
        let slow = try Self.script("sleep 60")
        try await TestMarketplace.run { settings in
            settings.printTool = slow
            settings.printDeadline = .milliseconds(200)
        } _: { market in
            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<30 {
                    group.addTask {
                        do {
                            _ = try await market.marketplace.printPDF(Self.page)
                            return "printed"
                        } catch let refusal as any Refusal {
                            return refusal.code
                        } catch {
                            return "\(error)"
                        }
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }
            #expect(Set(outcomes) == ["print.failed", "server.busy"])
            #expect(outcomes.count { $0 == "print.failed" } >= 2)
        }
    }

    private static func script(_ line: String) throws -> String {
        let path = FileManager.default.temporaryDirectory
            .appendingPathComponent("print-\(ID<PrintedPage>())").path
        try Data("#!/bin/bash\n\(line)\n".utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return path
    }

    private enum PrintedPage {}
}

/// SplitMix64 (Steele, Lea and Flood 2014): the same seed tells the same story.
struct Lottery: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
