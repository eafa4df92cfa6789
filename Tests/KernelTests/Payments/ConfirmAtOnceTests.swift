import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `People who say at once what came` {
    @Test func `of one line of the statement make it count once`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "bank-transfer")
            let placed = try await till.placed()

            let taken = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<6 {
                    group.addTask {
                        do {
                            try await till.confirm(placed, 100, line: "2026-11-21/7")
                            return true
                        } catch ReceiptRefusal.usedAlready { return false }
                    }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }

            #expect(taken == 1)
            let received = try await till.shop.detail(placed).payment?.received
            #expect(received == Money(100, .eur))
            try await till.checkBooks()
        }
    }

    @Test func `of its parts lose none, and pay it once`() async throws {
        try await TestMarketplace.run { market in
            let till = try await Till(market, "bank-transfer")
            let placed = try await till.placed()
            let total = placed.payment.amount.amount
            let parts = [total / 4, total / 4, total / 4, total - total / 4 * 3]

            try await withThrowingTaskGroup(of: Void.self) { group in
                for (place, part) in parts.enumerated() {
                    group.addTask {
                        try await till.confirm(placed, part, line: "2026-11-21/\(place)")
                    }
                }
                try await group.waitForAll()
            }

            let detail = try await till.shop.detail(placed)
            #expect(detail.payment?.received == placed.payment.amount)
            #expect(detail.purchase.state == .paid)
            #expect(try await till.booked(.atProvider) == total)
            try await till.checkBooks()
        }
    }
}
