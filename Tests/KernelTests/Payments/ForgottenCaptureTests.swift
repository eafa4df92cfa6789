import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `Captures whose outcome nobody heard of` {
    @Test(arguments: [(1000, 500), (500, 1000), (700, 700)] as [(Int64, Int64)])
    func `end when one was made, one was not, and the bank has forgotten both`(
        made: Int64, lost: Int64
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: made), try await shop.thing(price: lost))
            let orders = try await shop.bought(a, b)
            try await shop.ship(orders[0], by: a)
            shop.bank.fail(.answerLost)
            try await shop.settle()
            try await shop.ship(orders[1], by: b)
            shop.bank.fail(.callLost)
            try await shop.settle()
            #expect(shop.bank.held == made)

            try await shop.passDay()
            for _ in 0..<3 {
                try await shop.hurry()
                try await shop.settle()
            }

            #expect(shop.bank.held == made + lost)
            #expect(
                try await shop.count("select sum(captured)::int from payment_share")
                    == Int(made + lost))
            #expect(
                try await shop.count("select count(*) from ledger_transaction where kind = 'sale'")
                    == 2)
            #expect(try await shop.marketplace.whatWaits().callsUnanswered == 0)
        }
    }

    /// A bank that remembers for longer would answer with what it did under the old key.
    @Test func `are asked for under another key when they did nothing`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: 700), try await shop.thing(price: 700))
            let orders = try await shop.bought(a, b)
            try await shop.ship(orders[0], by: a)
            shop.bank.fail(.callLost)
            try await shop.settle()
            try await shop.ship(orders[1], by: b)
            shop.bank.fail(.answerLost)
            try await shop.settle()

            // The bank made the second one, and remembers its key.
            try await shop.passDay(isForgotten: false)
            for _ in 0..<3 {
                try await shop.hurry()
                try await shop.settle()
            }

            #expect(shop.bank.held == 1400)
            #expect(try await shop.count("select sum(captured)::int from payment_share") == 1400)
        }
    }

    @Test func `are not asked for again while something may still be on its way`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing(price: 1000)
            try await shop.ship(try #require(try await shop.bought(thing).first), by: thing)
            shop.bank.fail(.callLost)
            try await shop.settle()

            try await shop.passDay(hours: "23 hours 10 minutes")
            try await shop.hurry()
            try await shop.settle()
            #expect(shop.bank.calls == ["start", "capture"])

            try await shop.passDay()
            try await shop.hurry()
            try await shop.settle()
            #expect(shop.bank.calls == ["start", "capture", "capture"])
            #expect(shop.bank.held == 1000)
        }
    }
}

@Suite struct `What a bank's total says of a capture` {
    private let mine = ID<PaymentAttempt>(at: Instant(secondsSince1970: 1000))
    private let older = ID<PaymentAttempt>(at: Instant(secondsSince1970: 999))
    private let newer = ID<PaymentAttempt>(at: Instant(secondsSince1970: 1001))

    @Test func `it was made when only a choice with it adds up`() {
        #expect(read(10, captured: 10, others: [(newer, 5)]) == .done)
        #expect(read(10, captured: 15, others: [(newer, 5)]) == .done)
        #expect(read(3, captured: 8, others: [(older, 5), (newer, 7)]) == .done)
    }

    @Test func `it was not when only one without it does`() {
        #expect(read(5, captured: 10, others: [(newer, 10)]) == .notDone)
        #expect(read(5, captured: 4, others: [(newer, 10)]) == .notDone)
        #expect(read(5, captured: 12, booked: 2, others: [(newer, 10)]) == .notDone)
    }

    @Test func `nobody can tell as long as one of them may be sent again`() {
        #expect(read(7, captured: 7, others: [(newer, 7)], isForgotten: false) == .unclear)
        #expect(
            read(3, captured: 3, others: [(older, 1), (newer, 2)], isForgotten: false) == .unclear)
    }

    @Test func `after that the oldest that fit were made`() {
        #expect(read(7, captured: 7, others: [(newer, 7)]) == .done)
        #expect(read(7, captured: 7, others: [(older, 7)]) == .notDone)
        #expect(read(3, captured: 3, others: [(older, 1), (newer, 2)]) == .notDone)
    }

    @Test func `what the books have was made, whoever brought the news`() {
        #expect(read(5, captured: 5, booked: 5, others: [], isBooked: true) == .done)
        #expect(read(5, captured: 5, booked: 5, others: []) == .notDone)
    }

    @Test func `money that nobody asked for decides nothing`() {
        #expect(read(5, captured: 8, others: [(newer, 10)]) == .unclear)
    }

    private func read(
        _ amount: Int64, captured: Int64, booked: Int64 = 0,
        others: [(ID<PaymentAttempt>, Int64)], isForgotten: Bool = true, isBooked: Bool = false
    ) -> AttemptOutcome {
        let attempt = PaymentAttempt(
            id: mine, payment: ID(), kind: .capture, order: ID(), refund: nil,
            amount: Money(amount, .eur), state: .unknown, tries: 2,
            createdAt: .systemNow, firstSentAt: .systemNow, keyNumber: 1)
        let snapshot = PaymentSnapshot(
            reference: "r", status: .captured, authorized: Money(100, .eur),
            captured: Money(captured, .eur), refunded: .zero(.eur), version: 3)
        let open = ([(mine, amount)] + others).map {
            CaptureSums.Open(
                id: $0.0, amount: $0.1, isForgotten: isForgotten, isBooked: isBooked && $0.0 == mine
            )
        }
        return AttemptOutcome.read(
            snapshot, for: attempt, CaptureSums(booked: booked, open: open))
    }
}

extension Shop {
    /// So long ago everything was sent that is open.
    fileprivate func passDay(
        hours: String = "24 hours", isForgotten: Bool = true
    ) async throws {
        if isForgotten { bank.forgetKeys() }
        try await database.execute(
            """
            update payment_attempt set first_sent_at = now() - \(hours)::text::interval
            where state in ('sent', 'unknown')
            """)
    }
}
