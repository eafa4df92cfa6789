import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `What is to be asked of a provider` {
    @Test func `is claimed by one of many workers, and by nobody before its time`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 20)
            for _ in 0..<6 { _ = try await shop.place(try await shop.checkout(thing), "redirect") }
            let workers = try (0..<4).map { _ in try market.anotherProcess() }

            for _ in 0..<8 {
                try await shop.hurry()
                let claimed = try await withThrowingTaskGroup(of: [ID<PaymentAttempt>].self) {
                    group in
                    for worker in workers + workers {
                        group.addTask {
                            try await worker.database.attempts.claimDue(
                                limit: 20, claim: .seconds(60)
                            ).map(\.id)
                        }
                    }
                    return try await group.reduce(into: []) { $0 += $1 }
                }

                #expect(Set(claimed).count == 6)
                #expect(claimed.count == 6)
                let again = try await market.database.attempts.claimDue(
                    limit: 20, claim: .seconds(60))
                #expect(again.isEmpty)
            }
            for worker in workers { await worker.database.close() }
        }
    }
}
