import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// A call of the bank that waits until it is let go on.
private struct HeldCall {
    private let arrivals = AsyncStream<Void>.makeStream()
    private let departures = AsyncStream<Void>.makeStream()

    /// Holds the next one.
    init(of bank: TestBank) {
        bank.meanwhile { [arrivals, departures] in
            arrivals.continuation.yield()
            for await _ in departures.stream { return }
        }
    }

    func arrival() async {
        for await _ in arrivals.stream { return }
    }

    func letGo() { departures.continuation.yield() }
}

/// While one of their transactions is held up by a lock, three more are written by the next one as
/// soon as the third is there.
@Suite struct `Purchases that are written together` {
    private static func patiently(_ settings: inout KernelSettings) {
        settings.gathering = GatheredWritesLimits(itemsMin: 3, patience: .seconds(60))
    }

    /// By how many transactions payments were changed last.
    private func transactions(_ shop: Shop, of placed: [PlacedPurchase]) async throws -> Int {
        try await shop.count(
            """
            select count(distinct xmin::text) from payment
            where id = any(\(placed.map(\.payment.id))::uuid[])
            """)
    }

    @Test func `and share sellers and things are each paid, booked and taken out of stock`()
        async throws
    {
        try await TestMarketplace.run(settings: Self.patiently) { market in
            let shop = try await Shop(market)
            let seller = try await market.given.verifiedSeller()
            let bowl = try await shop.thing(by: seller, price: 1999, stock: 9)
            let cup = try await shop.thing(by: seller, price: 350, stock: 9)
            let table = try await shop.thing(price: 12_000, stock: 9)
            let heldUp = try await shop.checkout(table)
            let checkouts = [
                try await shop.checkout(bowl), try await shop.checkout(cup, bowl),
                try await shop.checkout(table, bowl, cup),
            ]
            let call = HeldCall(of: shop.bank)
            let first = Task { try await shop.place(heldUp) }
            await call.arrival()

            let placed = try await market.storage.owner.transaction { tx in
                _ = try await tx.query("select from purchase for update")
                call.letGo()
                try await market.waitForWaiters(1)
                let tasks = checkouts.map { checkout in Task { try await shop.place(checkout) } }
                var placed: [PlacedPurchase] = []
                for task in tasks { placed.append(try await task.value) }
                return placed
            }

            let all = [try await first.value] + placed
            #expect(try await transactions(shop, of: placed) == 1)
            #expect(all.allSatisfy { $0.purchase.state == .paid && $0.payment.state == .captured })
            #expect(shop.bank.held == all.reduce(0) { $0 + $1.purchase.total.amount })
            #expect(try await shop.stock(bowl) == Stock(onHand: 6, reserved: 0))
            #expect(try await shop.stock(cup) == Stock(onHand: 7, reserved: 0))
            #expect(try await shop.stock(table) == Stock(onHand: 7, reserved: 0))
            #expect(try await shop.count("select count(*) from stock_movement") == 7)
            for placed in all {
                let orders = try await shop.detail(placed).orders
                #expect(orders.allSatisfy { $0.order.state == .paid })
                let captured = try await shop.count(
                    """
                    select sum(captured)::bigint from payment_share
                    where payment_id = \(placed.payment.id)
                    """)
                #expect(captured == placed.purchase.total.amount)
                let sales = try await shop.count(
                    """
                    select count(*) from ledger_transaction
                    where kind = 'sale' and purchase_id = \(placed.purchase.id)
                    """)
                #expect(sales == orders.count)
            }
            #expect(
                try await shop.count(
                    "select count(*) from payment_attempt where state <> 'succeeded'") == 0)
        }
    }

    @Test func `keep one that somebody else has settled from nobody`() async throws {
        try await TestMarketplace.run(settings: Self.patiently) { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 9)
            let heldUp = try await shop.checkout(thing)
            let overtaken = try await shop.checkout(thing)
            let checkouts = [try await shop.checkout(thing), try await shop.checkout(thing)]
            let slow = HeldCall(of: shop.bank)
            let second = Task { try await shop.place(overtaken) }
            await slow.arrival()
            try await shop.hurry()
            try await shop.settle()
            let call = HeldCall(of: shop.bank)
            let first = Task { try await shop.place(heldUp) }
            await call.arrival()

            let placed = try await market.storage.owner.transaction { tx in
                _ = try await tx.query(
                    "select from purchase where checkout_id = \(heldUp.id) for update")
                call.letGo()
                try await market.waitForWaiters(1)
                slow.letGo()
                let tasks = checkouts.map { checkout in Task { try await shop.place(checkout) } }
                var placed: [PlacedPurchase] = []
                for task in tasks { placed.append(try await task.value) }
                return placed
            }

            let late = try await second.value
            #expect(try await transactions(shop, of: placed) == 2)
            let all = [try await first.value, late] + placed
            #expect(all.allSatisfy { $0.purchase.state == .paid })
            #expect(shop.bank.held == all.reduce(0) { $0 + $1.purchase.total.amount })
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 0))
        }
    }

    @Test func `are each told as they were written, in whatever order they came`() async throws {
        try await TestMarketplace.run(settings: Self.patiently) { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 9)
            let heldUp = try await shop.checkout(thing)
            let checkouts = [
                try await shop.checkout(thing), try await shop.checkout(thing),
                try await shop.checkout(thing),
            ]

            let (first, placed) = try await market.storage.owner.transaction { tx in
                _ = try await tx.query(
                    "select from checkout where id = \(heldUp.id) for update")
                let first = Task { try await shop.place(heldUp) }
                try await market.waitForWaiters(1)
                var tasks: [Task<PlacedPurchase, any Error>] = []
                for checkout in checkouts.sorted(by: { $0.id > $1.id }) {
                    let before = market.marketplace.freshPurchases.waitingCount
                    tasks.append(Task { try await shop.place(checkout) })
                    while tasks.count < 3, market.marketplace.freshPurchases.waitingCount == before
                    { await Task.yield() }
                }
                var placed: [PlacedPurchase] = []
                for task in tasks { placed.append(try await task.value) }
                return (first, placed)
            }

            _ = try await first.value
            for placed in placed {
                let kept = try await shop.detail(placed).purchase
                #expect(placed.purchase.placedAt == kept.placedAt)
                #expect(placed.purchase.expiresAt == kept.expiresAt)
            }
            #expect(Set(placed.map(\.purchase.expiresAt)).count == 3)
        }
    }

    @Test func `are each there once when two are of the same checkout`() async throws {
        try await TestMarketplace.run(settings: Self.patiently) { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing(stock: 9)
            let heldUp = try await shop.checkout(thing)
            let twin = try await shop.checkout(thing)
            let other = try await shop.checkout(thing)

            let (first, placed) = try await market.storage.owner.transaction { tx in
                _ = try await tx.query(
                    "select from checkout where id = \(heldUp.id) for update")
                let first = Task { try await shop.place(heldUp) }
                try await market.waitForWaiters(1)
                let tasks = [twin, twin, other].map { checkout in
                    Task { try await shop.place(checkout) }
                }
                var placed: [PlacedPurchase] = []
                for task in tasks { placed.append(try await task.value) }
                return (first, placed)
            }

            #expect(try await first.value.purchase.state == .paid)
            #expect(placed[0].purchase.id == placed[1].purchase.id)
            #expect(placed[2].purchase.state == .paid)
            #expect(shop.bank.calls == ["start", "start", "start"])
            #expect(try await shop.count("select count(*) from purchase") == 3)
        }
    }
}
