import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Paying a shop at Stripe` {
    /// Two purchases of one shop, each with a charge of its own, whose money is due.
    private static func earned(_ town: StripeTown) async throws -> GivenSeller {
        let seller = try await town.connectedSeller("Clay")
        for price in [5000, 3000] as [Int64] {
            let placed = try await town.buy([try await town.thing(seller, price)])
            let order = try #require(try await town.detail(placed).orders.first).order.id
            try await town.marketplace.shipOrder(
                order, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            try await town.marketplace.confirmDelivery(order, as: town.buyer)
        }
        try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
        return seller
    }

    /// The module's README says why: one sum of many charges names no charge.
    @Test func `is one transfer of what several charges earned, tied to none of them`()
        async throws
    {
        try await StripeTown.run { town in
            _ = try await Self.earned(town)

            let run = try await town.marketplace.runPayouts()
            try await town.worker.drain()

            try #require(run.payouts.count == 1)
            let payout = try await town.marketplace.payout(run.payouts[0].id, of: nil).payout
            let transfers = try await town.stripe.books().transfers
            #expect(payout.state == .paid)
            #expect(transfers.map(\.amount) == [payout.amount.amount])
            #expect(transfers.allSatisfy { $0.source == nil })
            #expect(transfers.map(\.destination) == [payout.destination?.address])
        }
    }

    @Test func `waits while the money is still on its way to the market, and is made once`()
        async throws
    {
        try await StripeTown.run { town in
            _ = try await Self.earned(town)
            let held = try await town.stripe.books().balance["eur"] ?? 0
            try await town.stripe.control("pending", #"{"eur": \#(held)}"#)

            let run = try await town.marketplace.runPayouts()
            let id = try #require(run.payouts.first?.id)
            for _ in 0..<2 {
                try await town.goOn()
                #expect(try await town.marketplace.payout(id, of: nil).payout.state.isOpen)
            }
            #expect(try await town.stripe.books().transfers.isEmpty)

            try await town.stripe.control("pending")
            try await town.eventually("it is paid") {
                try await town.marketplace.payout(id, of: nil).payout.state == .paid
            }
            #expect(try await town.stripe.books().transfers.count == 1)
        }
    }
}
