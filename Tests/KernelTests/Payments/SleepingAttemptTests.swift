import Glibc
import Postgres
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// A worker that claimed something, slept over the end of its claim, and wakes when another has
/// gone on with it.
@Suite struct `A worker that slept over its claim` {
    @Test func `captures nothing a second time, though the bank has forgotten the key`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let (a, b) = (try await shop.thing(price: 500), try await shop.thing(price: 1000))
            let orders = try await shop.bought(a, b)
            try await shop.ship(
                try #require(orders.first { $0.order.seller == a.seller.id }), by: a)
            let claimed = try await claim(.capture, in: shop)
            try await shop.settle()
            #expect(shop.bank.held == 500)
            shop.bank.forgetKeys()

            try await market.marketplace.perform(claimed)

            #expect(shop.bank.held == 500)
            #expect(shop.bank.calls == ["start", "capture"])
        }
    }

    @Test func `gives nothing back that was refused since and is free again`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let bank = counter.shop.bank
            let order = try await counter.shipped(quantity: 1)
            try await counter.ask(order, .amount(Money(700, .eur)))
            let claimed = try await claim(.refund, in: counter.shop)
            bank.fail(.declined)
            try await counter.settle()
            #expect(try await counter.find(order).refunds.map(\.state) == [.failed])

            try await market.marketplace.perform(claimed)

            #expect(bank.calls == ["start", "refund"])
            #expect(try await counter.find(order).refunds.map(\.state) == [.failed])
            try await counter.checkBooks()
        }
    }

    @Test func `gives nothing back that ended meanwhile, though nobody claimed it`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            let refund = try await counter.ask(order, .amount(Money(700, .eur)))
            let claimed = try await claim(.refund, in: counter.shop)
            try await market.marketplace.endRefund(
                refund, of: claimed.payment, failure: "The bank sent word.")

            try await market.marketplace.perform(claimed)

            #expect(counter.shop.bank.calls == ["start"])
            #expect(try await counter.find(order).refunds.map(\.state) == [.failed])
            try await counter.checkBooks()
        }
    }

    @Test func `does not end by a no of its own what another has sent since`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let bank = counter.shop.bank
            let order = try await counter.shipped(quantity: 1)
            try await counter.ask(order, .amount(Money(700, .eur)))
            let claimed = try await claim(.refund, in: counter.shop)
            bank.fail(.invalid)
            let database = market.database
            bank.meanwhile {
                guard
                    let next = try? await database.attempts.claimDue(limit: 5, claim: .zero)
                        .first(where: { $0.kind == .refund })
                else { return }
                _ = try? await database.attempts.doubt(next)
            }

            try await market.marketplace.perform(claimed)

            #expect(try await counter.find(order).refunds.map(\.state) != [.failed])
            try await counter.shop.hurry()
            try await counter.settle()
            #expect(try await counter.find(order).refunds.map(\.state) == [.succeeded])
            #expect(bank.calls == ["start", "refund", "refund"])
            try await counter.checkBooks()
        }
    }

    @Test func `wakes too late to ask when its whole machine slept`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market, capture: .atShipment)
            let thing = try await shop.thing(price: 500)
            try await shop.ship(try #require(try await shop.bought(thing).first), by: thing)
            var settings = market.marketplace.settings
            settings.callDeadline = .milliseconds(100)
            settings.reached = { step in
                if step == CrashStep(.capture, .beforeCall) { usleep(150_000) }
            }
            let sleeper = Marketplace(
                database: market.database, providers: market.marketplace.providers,
                settings: settings, logger: market.marketplace.logger)

            _ = try await sleeper.settlePayments()

            #expect(shop.bank.calls == ["start"])
            try await shop.hurry()
            try await shop.settle()
            #expect(shop.bank.held == 500)
        }
    }

    @Test func `ends its own doubt by an answer, and nobody else's`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market)
            let order = try await counter.shipped(quantity: 1)
            try await counter.ask(order, .amount(Money(700, .eur)))
            let attempts = market.database.attempts
            let claimed = try await claim(.refund, in: counter.shop)
            let first = try #require(try await attempts.doubt(claimed))
            let second = try #require(try await attempts.doubt(claimed))
            #expect(first.before == nil && second.before == first.at)

            #expect(try await !attempts.answered(claimed.id, first))
            #expect(try await attempts.answered(claimed.id, second))

            // Whoever claims it next asks; whoever had it before does not.
            let next = try await claim(.refund, in: counter.shop)
            #expect(try await attempts.doubt(claimed) == nil)
            #expect(try await attempts.doubt(next)?.before == first.at)
            try await counter.settle()
        }
    }

    /// Claims it for no time at all, so that the next to look has it too.
    private func claim(
        _ kind: PaymentAttempt.Kind, in shop: Shop
    ) async throws -> PaymentAttempt {
        try #require(
            try await shop.database.attempts.claimDue(limit: 5, claim: .zero)
                .first { $0.kind == kind })
    }
}
