import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A payment provider that fails` {
    @Test(arguments: [TestBank.Fault.unavailable, .misconfigured])
    func `is left alone after five failures, and checkouts go to the next rule`(
        _ fault: TestBank.Fault
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let next = try await market.given.instance(.payment)
            let admin = try await market.given.administrator().id
            try await market.marketplace.setProviderRules(
                .payment,
                [
                    ProviderRule(kind: .payment, instance: shop.payment),
                    ProviderRule(kind: .payment, instance: next),
                ], as: admin)
            let thing = try await shop.thing(stock: 20)
            func ways() async throws -> [ID<ProviderInstance>] {
                let checkout = try await shop.checkout(thing)
                return try await shop.marketplace.waysToPay(checkout.id, as: shop.buyer)
                    .map(\.instance)
            }
            #expect(try await ways() == [shop.payment, next])

            for count in 1...5 {
                shop.bank.fail(fault)
                let placed = try await shop.place(try await shop.checkout(thing))
                #expect(placed.refusal == .providerUnavailable)
                #expect(try await ways().first == (count < 5 ? shop.payment : next))
            }

            #expect(try await ways() == [next])
            await market.marketplace.providers.keepHealthNow()
            let health = try await market.marketplace.providerHealth(shop.payment)
            #expect(health.failures == 5, "each is an error of the provider's")
            let calls = shop.bank.calls.count
            let held = try await shop.place(try await shop.checkout(thing))
            #expect(held.refusal == .providerUnavailable)
            #expect(shop.bank.calls.count == calls, "it was asked all the same")
            let checkout = try await shop.checkout(thing)
            let paid = try await shop.marketplace.placePurchase(
                checkout.id, expecting: checkout.totals.total, paying: shop.choice(at: next),
                as: shop.buyer)
            #expect(paid.purchase.state == .paid)
        }
    }

    @Test func `and hangs is cut off at the deadline; what it did is looked up`() async throws {
        try await TestMarketplace.run(settings: { $0.callDeadline = .milliseconds(800) }) {
            market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            // Longer than anybody waits, and deaf to being told to stop.
            shop.bank.meanwhile { await Self.hang(for: .seconds(20)) }
            let began = ContinuousClock.now

            let placed = try await shop.place(checkout)

            #expect(ContinuousClock.now - began < .seconds(15))
            #expect(placed.payment.state == .unknown)
            try await shop.hurry()
            try await shop.settle()
            #expect(try await shop.detail(placed).purchase.state == .paid)
            #expect(shop.bank.held == placed.purchase.total.amount)
        }
    }

    private static func hang(for time: Duration) async {
        await Task.detached { try? await Task.sleep(for: time) }.value
    }
}
