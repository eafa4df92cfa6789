import Kernel
import Postgres
import TestSupport
import Testing
import Vocabulary

@Suite struct `Commission that a seller owes for direct sales` {
    @Test func `is overdue when it was invoiced and not paid, and not before`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            _ = try await stall.sold()
            let first = try #require(try await stall.endMonth().first)
            try await stall.pay(200, of: first, "STMT-1")
            // It paid what it was asked for; what it sold since then nobody asked for.
            _ = try await stall.sold()
            #expect(try await debtors(stall) == 0)
            try await market.marketplace.moveClock(by: .seconds(20 * 86_400), as: nil)
            #expect(try await debtors(stall) == 0)

            let second = try #require(try await stall.endMonth().first)
            _ = try await stall.sold()
            #expect(try await debtors(stall) == 1)
            try await market.marketplace.moveClock(by: .seconds(15 * 86_400), as: nil)
            #expect(try await debtors(stall) == 1)
            #expect(
                try await stall.shop.count(
                    "select count(*) from seller where restricted_at is not null") == 1)

            try await stall.pay(150, of: second, "STMT-2")
            #expect(try await debtors(stall) == 1)
            try await stall.pay(50, of: second, "STMT-3")
            #expect(try await debtors(stall) == 0)
            #expect(
                try await stall.shop.count(
                    "select count(*) from seller where restricted_at is not null") == 0)
            try await stall.checkBooks()
        }
    }

    @Test func `is not overdue for what went back after its invoice`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let returned = try await stall.sold()
            _ = try #require(try await stall.endMonth().first)
            try await stall.giveBack(returned)
            _ = try await stall.sold()

            #expect(try await debtors(stall) == 0)
        }
    }

    /// How many sellers owe us something that is due.
    private func debtors(_ stall: Stall) async throws -> Int {
        try await stall.market.marketplace.watchDebts()
        return try await stall.shop.count(
            "select count(*) from seller where in_debt_since is not null")
    }
}
