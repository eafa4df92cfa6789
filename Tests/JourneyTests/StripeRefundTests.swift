import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A refund at Stripe that fails after it succeeded` {
    /// The books of both are compared line by line at the end, as always.
    @Test func `is in the books again, on the order and told, and can be made once more`()
        async throws
    {
        try await StripeTown.run { town in
            let finance = try await town.market.given.administrator(.finance)
            let admin = try await town.market.given.administrator()
            let seller = try await town.market.given.verifiedSeller("Clay")
            let bowl = try await town.thing(seller, 5000)
            let placed = try await town.buy([bowl])
            // Stripe gives back out of its balance, which has not what Stripe kept of one payment.
            _ = try await town.buy([bowl])
            let id = try #require(try await town.detail(placed).orders.first).order.id
            try await town.marketplace.shipOrder(
                id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            // What was collected is there; a refund takes it, and its failure brings it back.
            let held = try await town.clearing()
            let pending = try await town.marketplace.balances(of: seller.id).first?.pending
            try await town.marketplace.refundOrder(
                id, reason: "it was broken", as: .admin(admin.id))
            try await town.eventually("it succeeded") {
                try await town.marketplace.findOrder(id, as: town.buyer).refunds.first?.state
                    == .succeeded
            }
            let done = try #require(
                try await town.marketplace.findOrder(id, as: town.buyer).refunds.first)
            #expect(try await town.clearing() == held - placed.purchase.total.amount)

            try await town.stripe.control(
                "refunds/\(try #require(try await town.reference(of: done.id)))/fail")
            try await town.eventually("the webhook brings it back") {
                try await town.marketplace.findOrder(id, as: town.buyer).refunds.first?.state
                    == .failed
            }

            let order = try await town.marketplace.findOrder(id, as: town.buyer)
            #expect(order.refundable == placed.purchase.total)
            #expect(order.events.contains { $0.kind == "refund-returned" })
            #expect(try await town.detail(placed).payment?.refunded.isZero == true)
            #expect(try await town.clearing() == held)
            #expect(try await town.marketplace.balances(of: seller.id).first?.pending == pending)
            try await town.market.tellEverybody()
            for (account, audience) in [
                (finance, Notice.Audience.administrator), (seller.owner, .seller),
                (town.customer, .customer),
            ] {
                let topics = try await town.marketplace.notices(
                    of: account.id, as: audience, PageRequest()
                ).items.map(\.topic)
                #expect(topics.count { $0 == "order.refund-returned" } == 1, "\(audience)")
            }

            try await town.marketplace.retryRefund(done.id, of: id, as: .admin(admin.id))
            try await town.eventually("the second one went through") {
                try await town.stripe.books().payments.map(\.refunded).max()
                    == placed.purchase.total.amount
            }
        }
    }
}

extension StripeTown {
    /// Stripe's id of a refund.
    func reference(of refund: ID<Refund>) async throws -> String? {
        try await market.database.query("select reference from refund where id = \(refund)")
            .decode { c in try c.next(String?.self) }.first ?? nil
    }
}
