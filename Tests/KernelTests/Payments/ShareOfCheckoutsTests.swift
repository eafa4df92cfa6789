import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

@Suite struct `A payment provider with a share of the checkouts` {
    /// A shop whose old provider takes every checkout and whose new one takes a share of them.
    private struct Swap {
        let shop: Shop
        let old: ID<ProviderInstance>
        let new: ID<ProviderInstance>
        let thing: GivenThing

        init(_ market: TestMarketplace, share: PartsPerMillion) async throws {
            shop = try await Shop(market)
            old = shop.payment
            new = try await market.given.instance(.payment)
            thing = try await shop.thing(stock: 100)
            try await market.marketplace.setProviderRules(
                .payment,
                [
                    ProviderRule(kind: .payment, instance: new, share: share),
                    ProviderRule(kind: .payment, instance: old),
                ], as: try await market.given.administrator().id)
        }

        func ways(_ checkout: Checkout) async throws -> [ID<ProviderInstance>] {
            try await shop.marketplace.waysToPay(checkout).map(\.instance)
        }

        func place(
            _ checkout: Checkout, at instance: ID<ProviderInstance>
        ) async throws -> PlacedPurchase {
            try await shop.marketplace.placePurchase(
                checkout.id, expecting: checkout.totals.total, paying: shop.choice(at: instance),
                as: shop.buyer)
        }

        /// It is left alone after so many failures in a row.
        func breakOld() async throws {
            for _ in 1...5 {
                shop.bank.fail(.unavailable)
                let placed = try await shop.place(try await shop.checkout(thing))
                #expect(placed.refusal == .providerUnavailable)
            }
        }
    }

    @Test func `is shown to that share, and to nobody else`() async throws {
        try await TestMarketplace.run { market in
            let swap = try await Swap(market, share: PartsPerMillion(percent: 5))
            let checkout = try await swap.shop.checkout(swap.thing)
            var shown = 0
            for number in 0..<1000 {
                let one = checkout.again()
                let ways = try await swap.ways(one)
                #expect(ways == [swap.old] || ways == [swap.new, swap.old])
                if number % 100 == 0 { #expect(try await swap.ways(one) == ways) }
                if ways.contains(swap.new) { shown += 1 }
            }

            #expect((20...90).contains(shown))
        }
    }

    @Test func `takes no money of a checkout that is not of its share`() async throws {
        try await TestMarketplace.run { market in
            let swap = try await Swap(market, share: PartsPerMillion(percent: 50))
            var (mine, others): (Checkout?, Checkout?)
            for _ in 0..<60 where mine == nil || others == nil {
                let checkout = try await swap.shop.checkout(swap.thing)
                if try await swap.ways(checkout) == [swap.old] {
                    others = checkout
                } else {
                    mine = checkout
                }
            }
            let (one, other) = (try #require(mine), try #require(others))

            #expect(try await swap.place(one, at: swap.new).purchase.state == .paid)
            await #expect(throws: PaymentRefusal.wayUnavailable) {
                try await swap.place(other, at: swap.new)
            }
            let paid = try await swap.place(other, at: swap.old)
            #expect(paid.purchase.state == .paid)
        }
    }

    @Test func `serves all while the others are down`() async throws {
        try await TestMarketplace.run { market in
            let swap = try await Swap(market, share: PartsPerMillion(1))
            let before = try await swap.shop.checkout(swap.thing)
            #expect(try await swap.ways(before) == [swap.old])

            try await swap.breakOld()

            #expect(try await swap.ways(before) == [swap.new])
            #expect(try await swap.place(before, at: swap.new).purchase.state == .paid)
        }
    }

    @Test func `of nothing serves nobody, even then`() async throws {
        try await TestMarketplace.run { market in
            let swap = try await Swap(market, share: PartsPerMillion(0))
            let before = try await swap.shop.checkout(swap.thing)

            try await swap.breakOld()

            #expect(try await swap.ways(before) == [])
            await #expect(throws: PaymentRefusal.wayUnavailable) {
                try await swap.place(before, at: swap.new)
            }
        }
    }
}

extension Checkout {
    /// One like it, of another customer.
    fileprivate func again() -> Checkout {
        Checkout(
            id: ID(), account: account, email: email, currency: currency, address: address,
            state: state, totals: totals, taxLines: taxLines, isTaxed: isTaxed, parcels: parcels,
            expiresAt: expiresAt, taxInstance: taxInstance, version: version, readAt: readAt)
    }
}
