import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Buying while others do` {
    /// The sixteenth stops at the end of its transaction, before the commit, with all its locks.
    @Test(arguments: ["insert", "update"])
    func `fifteen purchases of other sellers are paid while a sixteenth's transaction is open`(
        _ event: String
    ) async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            // The market's own accounts, which its first sale opens, are there.
            _ = try await shop.bought(try await shop.thing())
            let crowd = try market.anotherProcess(transactions: 16)
            try await market.storage.owner.transaction { tx in
                try await tx.run(
                    script: """
                        create function wait_for_test() returns trigger language plpgsql as $$
                        begin
                            perform pg_advisory_xact_lock(16);
                            return null;
                        end $$;
                        create constraint trigger wait_for_test after \(event) on purchase
                            deferrable initially deferred for each row
                            when (new.email = 'slow@example.com')
                            execute function wait_for_test();
                        """)
            }
            var checkouts: [Checkout] = []
            for number in 0..<16 {
                checkouts.append(
                    try await crowd.startCheckout(
                        [CheckoutItem(variant: try await shop.thing().variant, quantity: 1)],
                        to: Shop.address, email: number == 0 ? "slow@example.com" : "g@example.com",
                        as: shop.buyer))
            }
            let place: @Sendable (Checkout) async throws -> Purchase.State = { checkout in
                try await crowd.placePurchase(
                    checkout.id, expecting: checkout.totals.total, paying: shop.choice(),
                    as: shop.buyer
                ).purchase.state
            }
            let (slow, others) = (checkouts[0], checkouts.dropFirst())
            let holder = try market.storage.connectAgain()

            let waiting = try await holder.transaction { tx in
                try await tx.execute("select pg_advisory_xact_lock(16)")
                let waiting = Task { try await place(slow) }
                try await shop.waitForWaiters(1)
                let paid = try await withThrowingTaskGroup(of: Purchase.State.self) { group in
                    for checkout in others { group.addTask { try await place(checkout) } }
                    return try await group.reduce(into: 0) { $0 += $1 == .paid ? 1 : 0 }
                }
                #expect(paid == 15)
                #expect(
                    try await shop.count("select count(*) from purchase where state = 'paid'")
                        == 16)
                return waiting
            }

            #expect(try await waiting.value == .paid)
            await holder.close()
            await crowd.database.close()
        }
    }

    @Test func `an instance that is being paused as somebody pays takes nothing`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let checkout = try await shop.checkout(thing)

            // The pause is written and not committed: whoever pays now has read `active`.
            let placing = try await market.database.transaction { tx in
                try await tx.execute(
                    "update provider_instance set state = 'paused' where id = \(shop.payment)")
                let placing = Task { try await shop.place(checkout) }
                try await shop.waitForWaiters(1)
                return placing
            }

            await #expect(throws: PaymentRefusal.wayUnavailable) { try await placing.value }
            #expect(shop.bank.calls.isEmpty)
            #expect(try await shop.count("select count(*) from purchase") == 0)
            #expect(try await shop.stock(thing) == Stock(onHand: 5, reserved: 1))
        }
    }

    @Test func `an instance is retired before a payment or not at all`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let admin = try await market.given.administrator()
            for _ in 0..<8 {
                let instance = try await market.given.instance(.payment)
                let checkout = try await shop.checkout(try await shop.thing())
                let other = try market.anotherProcess()

                async let placed = Result {
                    try await other.placePurchase(
                        checkout.id, expecting: checkout.totals.total,
                        paying: shop.choice(at: instance), as: shop.buyer)
                }
                async let retired = Result {
                    _ = try await shop.marketplace.drainProviderInstance(instance, as: admin.id)
                    return try await shop.marketplace.retireProviderInstance(
                        instance, as: admin.id)
                }
                let (isPlaced, isRetired) = await (placed.isSuccess, retired.isSuccess)

                #expect(isPlaced != isRetired)
                #expect(TestBank.of(instance).calls == (isPlaced ? ["start"] : []))
                await other.database.close()
            }
        }
    }

    @Test func `what another process changed meanwhile is placed as it is now`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            let other = try market.anotherProcess()
            var elsewhere = Shop.address
            elsewhere.city = "Bonn"
            let changed = try await other.changeAddress(
                checkout.id, to: elsewhere, as: shop.buyer)

            let placed = try await shop.place(changed)

            #expect(placed.purchase.state == .paid)
            #expect(placed.purchase.address.city == "Bonn")
            #expect(try await shop.detail(placed).purchase.address.city == "Bonn")
            await other.database.close()
        }
    }

    @Test func `what is settled before the bank's answer comes is settled once`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let thing = try await shop.thing()
            let checkout = try await shop.checkout(thing)
            shop.bank.meanwhile {
                do {
                    try await shop.hurry()
                    try await shop.settle()
                } catch {
                    Issue.record(error)
                }
            }

            let placed = try await shop.place(checkout)

            #expect(placed.purchase.state == .paid && placed.payment.state == .captured)
            #expect(try await shop.stock(thing) == Stock(onHand: 4, reserved: 0))
            #expect(
                try await shop.count("select count(*) from ledger_transaction") == 1)
            #expect(
                try await shop.count("select count(*) from order_event where kind = 'paid'") == 1)
            #expect(
                try await shop.count("select count(*) from outbox_event where topic = 'order.paid'")
                    == 1)
        }
    }

    @Test func `a purchase is told as it was written`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let placed = try await shop.place(
                try await shop.checkout(try await shop.thing()), "redirect")

            let detail = try await shop.detail(placed)
            let payment = try #require(detail.payment)
            #expect("\(placed.purchase)" == "\(detail.purchase)")
            #expect("\(placed.payment)" == "\(payment)")
        }
    }
}

extension Shop {
    /// Waits until so many connections to this market's database wait for a lock.
    fileprivate func waitForWaiters(_ wanted: Int) async throws {
        for _ in 0..<2000 {
            let waiting =
                try await market.storage.owner.query(
                    """
                    select count(*) from pg_stat_activity
                    where datname = current_database() and wait_event_type = 'Lock'
                    """
                ).decode { c in try c.next(Int.self) }.first ?? 0
            if waiting >= wanted { return }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw TestSupportError.notFound("\(wanted) that wait for a lock")
    }
}

extension Result where Failure == any Error {
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }

    fileprivate var isSuccess: Bool {
        if case .success = self { true } else { false }
    }
}
