import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// While one of their transactions is held up by a lock, three more are written by the next one as
/// soon as the third is there.
@Suite struct `Checkouts that are begun together` {
    private struct Wish: Sendable {
        let things: [(GivenThing, count: Int)]
        let buyer: Buyer
        var city = "Köln"
        var claim: ClaimedKey?
    }

    private static func patiently(_ settings: inout KernelSettings) {
        settings.gathering = GatheredWritesLimits(itemsMin: 3, patience: .seconds(60))
    }

    private func begin(_ wish: Wish, in shop: Shop) async throws -> Checkout {
        var address = Shop.address
        address.city = wish.city
        return try await shop.marketplace.startCheckout(
            wish.things.map { CheckoutItem(variant: $0.variant, quantity: $1) }, to: address,
            email: "\(wish.city.count)@example.com", as: wish.buyer,
            answering: wish.claim.map { claim in
                AnswerOnce(claim) { checkout in
                    OnceAnswer(
                        status: 201, contentType: nil, location: nil,
                        body: Array(checkout.id.description.utf8))
                }
            })
    }

    /// Begins them while one of something else cannot go on.
    private func together(
        _ wishes: [Wish], in shop: Shop
    ) async throws -> [Result<Checkout, any Error>] {
        let stuck = try await shop.thing()
        let (first, begun) = try await shop.market.storage.owner.transaction { tx in
            _ = try await tx.query(
                "select from stock_level where variant_id = \(stuck.variant) for update")
            let first = Task { try await shop.checkout(stuck, as: Buyer(guestToken: "first")) }
            try await shop.market.waitForWaiters(1)
            let tasks = wishes.map { wish in Task { try await begin(wish, in: shop) } }
            var begun: [Result<Checkout, any Error>] = []
            for task in tasks { begun.append(await task.result) }
            return (first, begun)
        }
        _ = try await first.value
        return begun
    }

    private func transactions(_ shop: Shop, of checkouts: [Checkout]) async throws -> Int {
        try await shop.count(
            """
            select count(distinct xmin::text) from checkout
            where id = any(\(checkouts.map(\.id))::uuid[])
            """)
    }

    @Test func `are each kept with what is their own, and hold what all of them want`()
        async throws
    {
        try await TestMarketplace.run(settings: Self.patiently) { market in
            let shop = try await Shop(market)
            let bowl = try await shop.thing(price: 1999, stock: 9)
            let cup = try await shop.thing(price: 350, stock: 9)
            let wishes = [
                Wish(things: [(bowl, 1)], buyer: shop.buyer, city: "Bonn"),
                Wish(things: [(cup, 2), (bowl, 3)], buyer: Buyer(guestToken: "b"), city: "Berlin"),
                Wish(things: [(cup, 4)], buyer: Buyer(guestToken: "c"), city: "Hamburg"),
            ]

            let begun = try await together(wishes, in: shop).map { try $0.get() }

            #expect(try await transactions(shop, of: begun) == 1)
            for (checkout, wish) in zip(begun, wishes) {
                let kept = try await shop.marketplace.findCheckout(checkout.id, as: wish.buyer)
                #expect(kept.address.city == wish.city)
                #expect(kept.account == wish.buyer.account)
                #expect(kept.email == checkout.email)
                #expect(kept.totals == checkout.totals)
                #expect(kept.taxLines == checkout.taxLines)
                #expect(kept.parcels.map(\.seller) == wish.things.map(\.0.seller.id))
                #expect(kept.parcels.map(\.options) == checkout.parcels.map(\.options))
                #expect(
                    kept.parcels.flatMap(\.lines).map(\.variant) == wish.things.map(\.0.variant))
                #expect(
                    kept.parcels.flatMap(\.lines).map(\.quantity) == wish.things.map(\.count))
            }
            #expect(try await shop.stock(bowl) == Stock(onHand: 9, reserved: 4))
            #expect(try await shop.stock(cup) == Stock(onHand: 9, reserved: 6))

            // What one holds comes free by itself.
            try await shop.marketplace.abandonCheckout(begun[1].id, as: wishes[1].buyer)
            #expect(try await shop.stock(bowl) == Stock(onHand: 9, reserved: 1))
            #expect(try await shop.stock(cup) == Stock(onHand: 9, reserved: 4))
        }
    }

    @Test func `and want three of the last two get two`() async throws {
        try await TestMarketplace.run(settings: Self.patiently) { market in
            let shop = try await Shop(market)
            let last = try await shop.thing(stock: 2)
            let other = try await shop.thing(stock: 9)
            let wishes = ["a", "b", "c"].map { token in
                Wish(things: [(other, 1), (last, 1)], buyer: Buyer(guestToken: token))
            }

            let begun = try await together(wishes, in: shop)

            #expect(begun.compactMap { try? $0.get() }.count == 2)
            for case .failure(let error) in begun {
                #expect(error as? CheckoutRefusal == .soldOut(line: 1, title: "Bowl"))
            }
            #expect(try await shop.stock(last) == Stock(onHand: 2, reserved: 2))
            #expect(try await shop.stock(other) == Stock(onHand: 9, reserved: 2))
        }
    }

    @Test func `are there once when two are of the same request`() async throws {
        try await TestMarketplace.run(settings: Self.patiently) { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 9)
            let key = OnceKey(
                actor: "a", key: "k", fingerprint: [1], route: "POST /checkouts")
            let twin = Wish(
                things: [(thing, 1)], buyer: shop.buyer,
                claim: ClaimedKey(key, isWritten: false))
            var second = twin
            second.claim = ClaimedKey(key, isWritten: false)
            let other = Wish(things: [(thing, 2)], buyer: Buyer(guestToken: "c"))

            let begun = try await together([twin, second, other], in: shop)

            let twins = begun.prefix(2).compactMap { try? $0.get() }
            #expect(twins.count == 1)
            for case .failure(let error) in begun { #expect(error is OnceKeyTaken) }
            #expect(try begun[2].get().state == .open)
            #expect(try await shop.stock(thing) == Stock(onHand: 9, reserved: 3))
            let body = Array(try #require(twins.first).id.description.utf8)
            guard case .replay(let answer) = try await shop.marketplace.once.begin(key) else {
                Issue.record("the answer is not kept")
                return
            }
            #expect(answer.body == body)
        }
    }

    @Test func `cannot make up for one another where one does not hold what it sold`()
        async throws
    {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let bowl = try await shop.thing()
            let cup = try await shop.thing()
            let first = try await shop.place(try await shop.checkout(bowl), "redirect")
            let second = try await shop.place(try await shop.checkout(cup), "redirect")
            let purchases = [first.purchase, second.purchase]
            let statement = ReservationStore.takeStatement(purchases)
            try await market.storage.owner.execute(
                """
                update reservation set checkout_id = \(first.purchase.checkout)
                where checkout_id = \(second.purchase.checkout)
                """)

            let error = await #expect(throws: PostgresError.self) {
                _ = try await market.storage.owner.query(statement)
            }

            #expect(error?.constraint == "reservation_gone")
            #expect(try await shop.stock(cup) == Stock(onHand: 5, reserved: 1))
            try await market.storage.owner.execute(
                """
                update reservation set checkout_id = \(second.purchase.checkout)
                where variant_id = \(cup.variant)
                """)
            _ = try await market.storage.owner.query(statement)
            #expect(try await shop.stock(bowl) == Stock(onHand: 4, reserved: 0))
            #expect(try await shop.stock(cup) == Stock(onHand: 4, reserved: 0))
            #expect(try await shop.count("select sum(delta)::bigint from stock_movement") == -2)
        }
    }
}
