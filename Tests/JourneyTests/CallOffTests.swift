import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// At the sandbox bank, which captures each order's share by itself.
@Suite struct `Calling parts off at the sandbox bank` {
    @Test func `releases them with the last capture, and its books are ours`() async throws {
        try await BankTown.run { town in
            let bank = try await town.provider("north", capture: .atShipment)
            let sellers = [
                try await town.market.given.verifiedSeller("Clay"),
                try await town.market.given.verifiedSeller("Wood"),
            ]
            var things: [ID<Variant>] = []
            for seller in sellers {
                things += [try await town.thing(seller, 3000), try await town.thing(seller, 1999)]
            }
            let placed = try await town.place(
                try await town.checkout(things), "tok_visa", at: bank)
            var left = placed.purchase.total.amount
            for order in try await town.detail(placed).orders {
                let seller = try #require(sellers.first { $0.id == order.order.seller })
                try await town.marketplace.refundOrder(
                    order.order.id,
                    .lines(
                        [RefundedLine(line: order.lines[1].id, quantity: 1)], shipping: false),
                    reason: "sold out", as: .seller(seller.member))
                let off = try #require(
                    try await town.marketplace.findOrder(order.order.id, as: town.buyer).refunds
                        .first)
                left -= off.amount.amount
                try await town.marketplace.shipOrder(
                    order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            }
            let due = left

            try await town.eventually("both shares are taken") {
                try await town.goOn()
                return try await town.detail(placed).payment?.captured.amount == due
            }
            #expect(try await town.detail(placed).payment?.refunded.isZero == true)
        }
    }
}
