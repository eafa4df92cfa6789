import Kernel
import TestSupport
import Testing
import Vocabulary

@Suite struct `The limit from which a payout needs two people` {
    @Test func `is lowered by one person, and raised or taken away by two`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let one = try await market.given.administrator().id
            let two = try await market.given.administrator().id
            func set(
                _ amount: Int64?, by admin: ID<Account>
            ) async throws -> ApprovalLimitOutcome {
                try await kernel.setApprovalLimit(.eur, to: amount, reason: "a rule", by: admin)
            }
            func limit() async throws -> Int64? {
                try await kernel.approvalLimits().first { $0.limit.currency == .eur }?.limit.amount
            }

            #expect(try await set(5000, by: one) == .holds)
            #expect(try await set(6000, by: one) == .waitsForSecondPerson)
            #expect(try await set(6000, by: one) == .waitsForSecondPerson)
            #expect(try await limit() == 5000)
            let waiting = try await kernel.approvalLimitWishes()
            #expect(waiting.map(\.limit) == [Money(6000, .eur)])
            #expect(waiting.map(\.askedBy) == [one])

            #expect(try await set(7000, by: two) == .waitsForSecondPerson)
            #expect(try await set(7000, by: one) == .holds)
            #expect(try await limit() == 7000)
            #expect(try await kernel.approvalLimitWishes().isEmpty)

            #expect(try await set(nil, by: one) == .waitsForSecondPerson)
            // What is lower holds at once, and ends the wish.
            #expect(try await set(4000, by: one) == .holds)
            #expect(try await set(nil, by: two) == .waitsForSecondPerson)
            #expect(try await limit() == 4000)
            #expect(try await set(nil, by: one) == .holds)
            #expect(try await limit() == nil)
            #expect(try await set(9000, by: one) == .holds)
        }
    }

    @Test func `is not raised by what somebody wanted a week ago`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let one = try await market.given.administrator().id
            let two = try await market.given.administrator().id
            try await kernel.setApprovalLimit(.eur, to: 5000, reason: "a rule", by: one)
            try await kernel.setApprovalLimit(.eur, to: 6000, reason: "a rule", by: one)
            try await kernel.moveClock(by: .seconds(8 * 86_400), as: nil)
            #expect(try await kernel.approvalLimitWishes().isEmpty)

            let outcome = try await kernel.setApprovalLimit(
                .eur, to: 6000, reason: "a rule", by: two)

            #expect(outcome == .waitsForSecondPerson)
            #expect(try await kernel.approvalLimitWishes().map(\.askedBy) == [two])
        }
    }

    @Test func `is asked for in the trail, and every administrator is told`() async throws {
        try await TestMarketplace.run { market in
            let kernel = market.marketplace
            let one = try await market.given.administrator().id
            let two = try await market.given.administrator().id
            try await kernel.setApprovalLimit(.eur, to: 5000, reason: "a rule", by: one)

            try await kernel.setApprovalLimit(.eur, to: 6000, reason: "larger sales", by: one)

            let line = try #require(
                try await kernel.auditTrail(.everything, PageRequest(limit: 5)).items.first)
            #expect(line.action == "payouts.limit-asked" && line.actor == one)
            #expect(line.reason == "larger sales" && line.after?.contains("6000") == true)
            try await market.tellEverybody()
            let told = try await kernel.notices(of: two, as: .administrator, PageRequest()).items
            #expect(told.map(\.topic) == ["payouts.limit-asked"])
        }
    }
}
