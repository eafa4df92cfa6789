import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Taking a payout back at Stripe` {
    /// A seller who was paid into an account at Stripe.
    private static func paid(_ town: StripeTown) async throws -> (GivenSeller, Payout) {
        let seller = try await town.connectedSeller("Clay")
        let placed = try await town.buy([try await town.thing(seller, 5000)])
        let order = try #require(try await town.detail(placed).orders.first)
        try await town.marketplace.shipOrder(
            order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
        try await town.marketplace.confirmDelivery(order.order.id, as: town.buyer)
        try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
        let run = try await town.marketplace.runPayouts()
        try await town.worker.drain()
        let payout = try await town.marketplace.payout(
            try #require(run.payouts.first).id, of: nil
        ).payout
        #expect(payout.state == .paid)
        return (seller, payout)
    }

    private static func account(_ seller: GivenSeller, _ town: StripeTown) async throws -> String {
        try #require(
            try await town.marketplace.payoutConnections(as: seller.member).first?.account?
                .reference)
    }

    @Test(arguments: ["lost", "held", "broken", "gone", "busy", "conflict"])
    func `is made once, whatever goes wrong, and both books agree`(fault: String) async throws {
        try await StripeTown.run { town in
            let (seller, payout) = try await Self.paid(town)
            let admin = try await town.market.given.administrator()
            try await town.stripe.control(
                "faults",
                """
                {"only": "^POST /v1/transfers/.*/reversals$", "next": ["\(fault)"],
                 "held_seconds": 6}
                """)

            let asked = try await town.marketplace.takeBackPayout(
                payout.id, reason: "It was paid to the wrong shop.", freezing: true, by: admin.id)
            try await town.eventually("the payout is back") {
                _ = try await town.marketplace.sendReversal(asked.id)
                return try await town.marketplace.payout(payout.id, of: nil).payout.state
                    == .returned
            }

            try await town.eventually("all webhooks arrived") {
                try await town.stripe.state().courier.waiting == 0
            }
            let theirs = try await town.stripe.books()
            let account = try await Self.account(seller, town)
            #expect(theirs.accounts[account]?["eur"] ?? 0 == 0)
            let balance = try await town.marketplace.balances(of: seller.id).first
            #expect(balance?.available == payout.amount)
        }
    }

    @Test func `that was sent on to the seller's bank is refused with Stripe's words`()
        async throws
    {
        try await StripeTown.run { town in
            let (seller, payout) = try await Self.paid(town)
            let admin = try await town.market.given.administrator()
            try await town.stripe.control(
                "accounts/\(try await Self.account(seller, town))/spend",
                #"{"amount": \#(payout.amount.amount), "currency": "eur"}"#)

            let asked = try await town.marketplace.takeBackPayout(
                payout.id, reason: "It was paid to the wrong shop.", freezing: false, by: admin.id)
            let refused = try await town.marketplace.sendReversal(asked.id)

            #expect(refused.state == .failed && refused.failure?.isEmpty == false)
            let now = try await town.marketplace.payout(payout.id, of: nil).payout
            #expect(now.state == .paid)
        }
    }
}
