import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A dispute whose turn it is` {
    /// Two inquiries about one payment, of which nobody tells anything more.
    private struct Scene {
        let shop: Shop

        init(_ market: TestMarketplace) async throws {
            shop = try await Shop(market)
            let placed = try await shop.place(try await shop.checkout(try await shop.thing()))
            for name in ["du_1", "du_2"] {
                let opened = DisputeSnapshot(
                    reference: name, paymentReference: placed.payment.reference ?? "",
                    status: .inquiry, amount: placed.purchase.total, withdrawn: Money(0, .eur),
                    fee: Money(0, .eur), reason: "fraudulent", version: 1)
                shop.bank.keep(opened, openedAt: Instant.systemNow.advanced(days: -60))
                try await market.marketplace.applyDispute(opened, at: shop.payment)
            }
        }

        /// Since how many minutes its turn is.
        func due(_ name: String, since minutes: Int) async throws {
            try await shop.database.execute(
                """
                insert into dispute_question (dispute_id, due_at, unanswered)
                select id, now() - \(minutes)::bigint * interval '1 minute', 0 from dispute
                where reference = \(name)
                """)
        }
    }

    /// Where a provider does not answer at all, it would not for the others either.
    @Test(arguments: [true, false])
    func `is asked for after one that was not answered, unless the provider was not there`(
        isDown: Bool
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await Scene(market).shop
            shop.bank.beBlind(
                isDown
                    ? .unavailable(message: "down", retryAfterSeconds: nil)
                    : .invalidRequest(code: "odd", message: "It makes no sense."))

            try await market.marketplace.askDueDisputes()

            let asked = try await shop.count(
                "select count(*) from dispute_question where unanswered = 1")
            #expect(asked == (isDown ? 1 : 2))
        }
    }

    @Test func `is asked for by a worker, the one that waits longest first`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.due("du_1", since: 5)
            try await scene.due("du_2", since: 50)
            let next = try await market.database.disputes.claimToAsk(
                at: scene.shop.payment, againInHours: 20)

            try await market.database.jobs.enqueue(
                JobKind<NoArgs>("disputes.ask", lane: .bulk), NoArgs(), uniqueKey: "disputes.ask")
            try await market.worker().drain()

            #expect(next == "du_2")
            let answered = try await scene.shop.count(
                """
                select count(*) from dispute_question q join dispute d on d.id = q.dispute_id
                where d.reference = 'du_1' and q.due_at > now() + interval '1 hour'
                """)
            #expect(answered == 1)
        }
    }

    @Test func `that nobody could read is asked for, the one that waits longest first`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Scene(market).shop
            try await market.database.execute(
                """
                insert into dispute_quarantine (instance_id, reference, problem, due_at)
                select \(shop.payment), 'odd_' || n, 'odd', now() - n * interval '1 minute'
                from generate_series(1, 3) n
                """)
            func next() async throws -> String? {
                try await market.database.disputes.claimUnread(
                    at: shop.payment, againInHours: 20)
            }

            let turns = [try await next(), try await next(), try await next(), try await next()]

            #expect(turns == ["odd_3", "odd_2", "odd_1", nil])
        }
    }

    /// So that one run of the worker ends, however much is due.
    @Test func `is one of so many that are asked for in one turn`() async throws {
        try await TestMarketplace.run { market in
            let count = try await market.marketplace.askInTurn(
                most: 3, failed: "never", name: { (name: String) in name }, claim: { "due" },
                ask: { _ in true })

            #expect(count == 3)
        }
    }

    @Test func `is asked for once a day at least, however often nobody answered`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await scene.due("du_1", since: 5)
            try await scene.due("du_2", since: -5)
            try await market.database.execute("update dispute_question set unanswered = 29")

            let next = try await market.database.disputes.claimToAsk(
                at: scene.shop.payment, againInHours: 20)

            #expect(next == "du_1")
            let hours = try await scene.shop.count(
                """
                select round(extract(epoch from due_at - now()) / 3600)::bigint
                from dispute_question where unanswered = 30
                """)
            #expect(hours == 20)
        }
    }

    @Test func `is asked of no provider that was never used`() async throws {
        try await TestMarketplace.run { market in
            let scene = try await Scene(market)
            try await market.database.execute("update provider_instance set state = 'draft'")

            try await market.marketplace.askDueDisputes()

            #expect(try await scene.shop.count("select count(*) from dispute_question") == 0)
        }
    }
}
