import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Giving back the same money` {
    /// Who asks for all of an order, how, and what goes wrong on the way.
    struct Way: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var isSellers = false
        var fault: TestBank.Fault?
        let wish: @Sendable (OrderDetail) -> RefundWish
    }

    static let ways = [
        Way(testDescription: "all of it, by the market") { _ in .everything },
        Way(testDescription: "all of it, by the seller", isSellers: true) { _ in .everything },
        Way(testDescription: "as a part of the price") { .amount($0.refundable) },
        Way(testDescription: "as things and shipping", isSellers: true) { order in
            .lines(
                order.lines.map { RefundedLine(line: $0.id, quantity: $0.quantity) },
                shipping: true)
        },
        Way(testDescription: "with an answer that was lost", fault: .answerLost) { _ in
            .everything
        },
        Way(testDescription: "after it was declined once", fault: .declined) { _ in .everything },
    ]

    /// Who has how much less, by the kind of the account.
    @Test func `makes the same entries, whoever asks for it and however it goes`() async throws {
        try await TestMarketplace.run { market in
            let counter = try await Counter(market, tax: ["platformRemits": "true"])
            var shapes: [String: [String: Int]] = [:]
            for way in Self.ways {
                let order = try await counter.shipped(quantity: 2)
                if let fault = way.fault { counter.shop.bank.fail(fault) }
                let actor: OrderActor? =
                    way.isSellers ? .seller(counter.thing.seller.member) : nil
                let refund = try await counter.ask(order, way.wish(order), as: actor)
                try await counter.settle()
                if way.fault == .declined {
                    try await counter.marketplace.retryRefund(
                        refund, of: order.order.id, as: .admin(counter.admin.id))
                }
                try await counter.shop.hurry()
                try await counter.settle()
                shapes[way.testDescription] = try await counter.takenBack(of: order)
            }

            #expect(Set(shapes.values).count == 1, "\(shapes)")
            #expect(
                Set(try #require(shapes.values.first).keys) == [
                    "provider_clearing", "seller_pending", "commission", "tax_payable",
                ])
            try await counter.checkBooks()
        }
    }
}

extension Counter {
    /// What an order's refunds changed, by the kind of the account.
    fileprivate func takenBack(of order: OrderDetail) async throws -> [String: Int] {
        let sums = try await market.database.query(
            """
            select account.kind, sum(amount)::int
            from ledger_entry entry
            join ledger_account account on account.id = entry.account_id
            join ledger_transaction posting on posting.id = entry.transaction_id
            where order_id = \(order.order.id) and posting.kind = 'refund' group by account.kind
            """
        ).decode { c in (try c.next(String.self), try c.next(Int.self)) }
        return Dictionary(sums) { first, _ in first }
    }
}
