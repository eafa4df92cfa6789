import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A refund that came back, of which nobody told` {
    /// A refund that succeeded.
    private static func refunded(
        _ counter: Counter
    ) async throws -> (order: OrderDetail, refund: ID<Refund>) {
        let order = try await counter.shipped(quantity: 2)
        let refund = try await counter.ask(order, .everything)
        try await counter.settle()
        #expect(try await counter.find(order).refunds.map(\.state) == [.succeeded])
        return (order, refund)
    }

    private static func pass(_ days: Int, _ counter: Counter) async throws {
        try await counter.marketplace.moveClock(by: .seconds(days * 86_400), as: nil)
    }

    private static func questions(_ counter: Counter) async throws -> Int {
        try await counter.shop.count("select count(*) from refund_question")
    }

    @Test func `is found a day later, booked and told once`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "true"])
            let before = try await counter.shipped(quantity: 2)
            let shape = try await counter.owned(by: before)
            let (order, refund) = try await Self.refunded(counter)
            let late = try #require(counter.shop.bank.takeBackRefund("\(refund)"))

            #expect(try await market.marketplace.sweepRefunds() == 0, "it was asked for just now")
            try await Self.pass(1, counter)
            #expect(try await market.marketplace.sweepRefunds() == 1)
            #expect(try await market.marketplace.sweepRefunds() == 0)
            // The webhook comes after all.
            try await counter.shop.deliver(late)
            try await counter.work()

            #expect(try await counter.find(order).refunds.map(\.state) == [.failed])
            #expect(try await counter.owned(by: order) == shape)
            #expect(try await Self.questions(counter) == 0)
            try await market.tellEverybody()
            #expect(
                try await counter.shop.count(
                    "select count(*) from notification where topic = 'order.refund-returned'")
                    == 3, "an administrator, the customer and the seller")
            try await counter.checkBooks()
        }
    }

    @Test func `is asked for after 1, 3, 7, 15 and 31 days, and then no more`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            _ = try await Self.refunded(counter)
            var asked: [Int] = []
            for day in 1...40 {
                try await Self.pass(1, counter)
                let before = try await counter.shop.count(
                    "select coalesce(sum(asks), 99)::int from refund_question")
                try await market.marketplace.sweepRefunds()
                let after = try await counter.shop.count(
                    "select coalesce(sum(asks), 99)::int from refund_question")
                if after != before { asked.append(day) }
            }

            #expect(asked == [1, 3, 7, 15, 31])
            #expect(try await Self.questions(counter) == 0)
        }
    }

    @Test func `is found when its provider can be asked again`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let first = try await Self.refunded(counter)
            _ = try await Self.refunded(counter)
            _ = counter.shop.bank.takeBackRefund("\(first.refund)")
            try await Self.pass(1, counter)

            counter.shop.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            #expect(try await market.marketplace.sweepRefunds() == 0)
            counter.shop.bank.beBlind(nil)
            #expect(try await market.marketplace.sweepRefunds() == 0, "not again at once")
            try await market.marketplace.moveClock(by: .seconds(3700), as: nil)
            #expect(try await market.marketplace.sweepRefunds() == 1)

            // For two months it could not be asked at all.
            try await Self.pass(61, counter)
            counter.shop.bank.beBlind(.unavailable(message: "down", retryAfterSeconds: nil))
            try await market.marketplace.sweepRefunds()
            #expect(try await Self.questions(counter) == 0)
        }
    }

    @Test func `is booked once by two that look at once`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            for _ in 0..<6 {
                let (_, refund) = try await Self.refunded(counter)
                _ = counter.shop.bank.takeBackRefund("\(refund)")
            }
            try await Self.pass(1, counter)
            let found = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<3 { group.addTask { try await market.marketplace.sweepRefunds() } }
                return try await group.reduce(0, +)
            }

            #expect(found == 6)
            #expect(
                try await counter.shop.count(
                    "select count(*) from ledger_transaction where key like 'refund-return:%'")
                    == 6)
            try await counter.checkBooks()
        }
    }

    @Test func `is looked for by an index, in the order in which it is due`() async throws {
        try await TestMarketplace.run { market in
            let plan = try await market.database.transaction { tx in
                try await tx.execute("set local enable_seqscan = off")
                return try await tx.query(
                    """
                    explain select refund_id from refund_question
                    where next_at <= market_now() order by next_at limit 1
                    """
                ).decode { c in try c.next(String.self) }
            }
            #expect(plan.contains { $0.contains("refund_question_due") })
            #expect(!plan.contains { $0.contains("Sort") })
        }
    }
}
