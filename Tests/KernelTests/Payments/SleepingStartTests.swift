import Dispatch
import Glibc
import Postgres
import ProviderKit
import Synchronization
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

/// A process that wrote that it begins a payment, and slept before it called the provider.
@Suite struct `A start that slept` {
    /// Another process of the market, which sleeps when it has written that it begins a payment,
    /// until it is woken. It has a thread of its own, so that it keeps nobody else from running.
    private final class Sleeper: TaskExecutor {
        private enum State { case awake, asleep, woken }

        private let state = Mutex(State.awake)
        private let thread = DispatchQueue(label: "sleeper")
        private let deadline: Duration

        init(deadline: Duration) { self.deadline = deadline }

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            thread.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }

        func process(of market: TestMarketplace) -> Marketplace {
            var settings = market.marketplace.settings
            settings.callDeadline = deadline
            settings.reached = { step in
                if step == CrashStep(.start, .intentCommitted) { self.sleep() }
            }
            return Marketplace(
                database: market.database, providers: market.marketplace.providers,
                settings: settings, logger: market.marketplace.logger)
        }

        func begin(
            _ call: @escaping @Sendable () async throws -> PlacedPurchase
        ) async throws -> Task<PlacedPurchase, any Error> {
            let task = Task(executorPreference: self) { try await call() }
            while state.withLock({ $0 == .awake }) { try await Task.sleep(for: .milliseconds(5)) }
            return task
        }

        func wake() { state.withLock { $0 = .woken } }

        /// Ten seconds at most.
        private func sleep() {
            state.withLock { $0 = .asleep }
            for _ in 0..<2000 where state.withLock({ $0 == .asleep }) { usleep(5000) }
        }
    }

    enum Way: CaseIterable, Sendable { case first, another }

    @Test(arguments: Way.allCases)
    func `calls nobody when another worker has settled it`(way: Way) async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            let before = way == .another ? try await shop.place(checkout, "declined") : nil
            let asked = shop.bank.calls
            // Its deadline is not what stops it.
            let sleeper = Sleeper(deadline: .seconds(20))
            let process = sleeper.process(of: market)

            let slept = try await sleeper.begin {
                guard let before else {
                    return try await process.placePurchase(
                        checkout.id, expecting: checkout.totals.total, paying: shop.choice(),
                        as: shop.buyer)
                }
                return try await process.payPurchase(
                    before.purchase.id, paying: shop.choice(), as: shop.buyer)
            }
            try await shop.hurry()
            try await shop.settle()
            // A moment is not looked at again, so that nobody's checkout becomes slower.
            try await Task.sleep(for: process.settings.unsettledAge)
            sleeper.wake()
            let placed = try await slept.value

            #expect(shop.bank.calls == asked)
            #expect(shop.bank.payments.isEmpty)
            #expect(placed.payment.state == .failed && placed.refusal == .providerUnavailable)
            let paid = try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            #expect(paid.purchase.state == .paid)
            #expect(shop.bank.held == paid.purchase.total.amount)
        }
    }

    @Test func `wakes too late to ask when its whole machine slept`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let checkout = try await shop.checkout(try await shop.thing())
            let sleeper = Sleeper(deadline: .milliseconds(500))
            let process = sleeper.process(of: market)

            let slept = try await sleeper.begin {
                try await process.placePurchase(
                    checkout.id, expecting: checkout.totals.total, paying: shop.choice(),
                    as: shop.buyer)
            }
            try await Task.sleep(for: process.settings.startDeadline)
            sleeper.wake()
            let placed = try await slept.value

            #expect(shop.bank.calls.isEmpty)
            #expect(placed.refusal == .providerUnavailable)
            let paid = try await shop.marketplace.payPurchase(
                placed.purchase.id, paying: shop.choice(), as: shop.buyer)
            #expect(paid.purchase.state == .paid)
        }
    }

    @Test func `asks after a while too, when nobody has gone on with it`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let sleeper = Sleeper(deadline: .seconds(20))
            let process = sleeper.process(of: market)
            let checkout = try await shop.checkout(try await shop.thing())
            let slept = try await sleeper.begin {
                try await process.placePurchase(
                    checkout.id, expecting: checkout.totals.total, paying: shop.choice(),
                    as: shop.buyer)
            }
            try await Task.sleep(for: process.settings.unsettledAge)
            sleeper.wake()

            #expect(try await slept.value.purchase.state == .paid)
            #expect(shop.bank.calls == ["start"])
        }
    }

    @Test func `calls nobody once another worker has claimed it`() async throws {
        try await TestMarketplace.run { market in
            let shop = try await Shop(market)
            let sleeper = Sleeper(deadline: .seconds(20))
            let process = sleeper.process(of: market)
            let checkout = try await shop.checkout(try await shop.thing())
            let slept = try await sleeper.begin {
                try await process.placePurchase(
                    checkout.id, expecting: checkout.totals.total, paying: shop.choice(),
                    as: shop.buyer)
            }
            // Claimed, and nothing found out yet.
            try await shop.hurry()
            #expect(try await market.database.attempts.claimDue(limit: 5, claim: .zero).count == 1)
            try await Task.sleep(for: process.settings.unsettledAge)
            sleeper.wake()

            let placed = try await slept.value
            #expect(shop.bank.calls.isEmpty)
            #expect(placed.payment.state == .created)
            try await shop.settle()
            #expect(try await shop.detail(placed).payment?.state == .failed)
        }
    }
}
