import Postgres
import ProviderHost
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@testable import Kernel

// Workers, webhooks and customers who come back all look at the chain by themselves.
@Suite struct `A purchase of two makers that several look at the same moment` {
    private func look(
        _ street: ChainStreet, _ placed: PlacedPurchase, _ others: [Marketplace]
    ) async throws {
        let payment = try #require(
            try await street.market.marketplace.database.payments.find(placed.payment.id))
        try await withThrowingTaskGroup(of: Void.self) { group in
            for market in [street.market.marketplace] + others {
                for _ in 0..<2 { group.addTask { _ = try await market.lookUp(payment) } }
            }
            try await group.waitForAll()
        }
    }

    @Test func `is paid once, and each maker owes the commission once`() async throws {
        try await ChainStreet.run(.usdc) { street in
            let others = [try street.market.anotherProcess()]
            let (placed, orders) = try await street.placed()

            try await street.pay(placed, orders[0], more: 7)
            try await look(street, placed, others)
            #expect(try await street.stand(placed, orders[0]).surplus?.amount == 7)
            try await street.pay(placed, orders[1])
            try await look(street, placed, others)
            for other in others { await other.database.close() }

            let paid = try await street.detail(placed)
            #expect(paid.purchase.state == .paid)
            #expect(paid.payment?.captured == placed.payment.amount)
            #expect(try await street.notes(placed, orders[0]).count == 1)
            #expect(try await street.notes(placed, orders[1]).isEmpty)
            for (shop, order) in zip(street.shops, orders) {
                #expect(try await street.owed(by: shop) == -order.amounts.commission.amount)
            }
            let receipts = try await street.market.marketplace.purchaseCase(placed.purchase.id)
                .payments.flatMap(\.receipts)
            #expect(receipts.count == 2)
        }
    }

    /// One looks, sleeps, and brings what it saw when another has seen more.
    @Test func `is not paid less by whoever saw less and comes later`() async throws {
        try await ChainStreet.run(.sol) { street in
            let kernel = street.market.marketplace
            let (placed, orders) = try await street.placed()
            try await street.pay(placed, orders[0])
            let provider = try await kernel.providers.payment(street.way)
            let reference = try #require(
                try await kernel.database.payments.find(placed.payment.id)?.reference)
            let half = try #require(
                try await provider.lookup(
                    .reference(reference), OperationContext(key: "half", within: .seconds(20))))
            try await street.pay(placed, orders[1])
            try await street.look()

            let late = try await kernel.settle(placed.payment.id, half)

            #expect(late.payment.state == .captured && late.purchase.state == .paid)
            let stands = try await street.detail(placed).shares
            #expect(stands.count == 2)
            #expect(stands.allSatisfy { $0.isPaid })
        }
    }
}
