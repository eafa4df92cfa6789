import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Paying at the sandbox bank` {
    @Test func `the provider is swapped while a second payment waits, and nobody notices`()
        async throws
    {
        try await BankTown.run { town in
            let (a, b) = (
                try await town.market.given.verifiedSeller("Clay"),
                try await town.market.given.verifiedSeller("Wood")
            )
            let (bowl, spoon) = (try await town.thing(a, 1999), try await town.thing(b, 350))
            let north = try await town.provider("north")

            let first = try await town.place(
                try await town.checkout(bowl, spoon), "tok_visa", at: north)
            #expect(first.purchase.state == .paid)
            #expect(try await town.detail(first).orders.count == 2)

            let second = try await town.place(
                try await town.checkout(bowl), "tok_delayed", at: north)
            #expect(second.payment.state == .processing)
            let south = try await town.provider("south")
            _ = try await town.marketplace.drainProviderInstance(north, as: nil)
            let checkout = try await town.checkout(spoon)
            let ways = try await town.marketplace.waysToPay(checkout.id, as: town.buyer)
            #expect(ways.map(\.instance) == [south])
            await #expect(throws: PaymentRefusal.wayUnavailable) {
                try await town.place(checkout, "tok_visa", at: north)
            }
            let third = try await town.place(checkout, "tok_visa", at: south)
            #expect(third.purchase.state == .paid)
            await #expect(throws: ProviderRefusal.self) {
                try await town.marketplace.retireProviderInstance(north, as: nil)
            }

            try await town.press("\(town.bankURL)/control/release")
            try await town.eventually {
                try await town.detail(second).purchase.state == .paid
            }
            #expect(try await town.detail(second).payment?.instance == north)
            try await town.press("\(town.bankURL)/control/redeliver?order=reverse")
            try await town.worker.drain()
            let sales = try await town.market.database.query(
                "select count(*) from ledger_transaction where kind = 'sale'"
            ).decode { c in try c.next(Int.self) }
            #expect(sales == [4])
        }
    }

    @Test func `a customer confirms at the bank and comes back`() async throws {
        try await BankTown.run { town in
            let bowl = try await town.thing(try await town.market.given.verifiedSeller(), 1999)
            let north = try await town.provider("north")
            let placed = try await town.place(try await town.checkout(bowl), "tok_3ds", at: north)
            guard case .redirect(let page) = placed.next else {
                Issue.record("no redirect but \(placed.next)")
                return
            }

            try await town.press(page + "/approve")
            let back = try await town.marketplace.returnFromPayment(
                placed.purchase.id, as: town.buyer)

            #expect(back.purchase.state == .paid)
        }
    }

    @Test(arguments: ["tok_declined", "tok_server_error", "tok_refused_connection"])
    func `what the bank refuses or cannot do is a sentence, and another card works`(
        _ card: String
    ) async throws {
        try await BankTown.run { town in
            let bowl = try await town.thing(try await town.market.given.verifiedSeller(), 1999)
            let north = try await town.provider("north")

            let placed = try await town.place(try await town.checkout(bowl), card, at: north)
            try await town.eventually { try await town.detail(placed).payment?.state == .failed }

            #expect(try await town.detail(placed).purchase.state == .awaitingPayment)
            let paid = try await town.marketplace.payPurchase(
                placed.purchase.id, paying: town.choice("tok_visa", at: north), as: town.buyer)
            #expect(paid.purchase.state == .paid)
        }
    }

    @Test func `an answer that never came is found, and each share is captured at shipment`()
        async throws
    {
        try await BankTown.run { town in
            let seller = try await town.market.given.verifiedSeller()
            let bowl = try await town.thing(seller, 1999)
            let north = try await town.provider("north", capture: .atShipment)

            let placed = try await town.place(
                try await town.checkout(bowl), "tok_timeout_after_acting", at: north)
            try await town.eventually { try await town.detail(placed).purchase.state == .paid }
            let order = try #require(try await town.detail(placed).orders.first)
            #expect(try await town.detail(placed).payment?.state == .authorized)
            try await town.marketplace.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "DHL"), as: seller.member)
            try await town.eventually {
                try await town.detail(placed).orders.first?.refundable == placed.purchase.total
            }
            try await town.marketplace.refundOrder(
                order.order.id, reason: "It arrived broken.", as: .seller(seller.member))
            try await town.eventually {
                try await town.detail(placed).orders.first?.refunds.map(\.state) == [.succeeded]
            }

            #expect(try await town.detail(placed).payment?.refunded == placed.purchase.total)
        }
    }
}
