import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Webhooks of Stripe's that never come` {
    /// By a card at once, and on Stripe's page: there the payment is known by the page.
    private static func bought(_ town: StripeTown) async throws -> [String] {
        let bowl = try await town.thing(try await town.market.given.verifiedSeller("Clay"), 5000)
        let (card, page) = (try await town.buy([bowl]), try await town.buy([bowl], "checkout"))
        guard case .redirect(let url) = page.next else { throw Stuck() }
        _ = try await town.stripe.press(url, "pm_card_visa")
        try await town.eventually("the page is paid") {
            try await town.detail(page).purchase.state == .paid
        }
        #expect(card.purchase.state == .paid)
        return try await town.stripe.books().payments.map(\.id)
    }

    private struct Stuck: Error {}

    /// Both books are compared line by line at the end, as always.
    @Test func `disputes are found all the same, at their beginning and at their end`()
        async throws
    {
        try await StripeTown.run { town in
            let intents = try await Self.bought(town)
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            for intent in intents {
                try await town.stripe.control("payment_intents/\(intent)/dispute")
            }
            let inquiry = try await town.buy([
                try await town.thing(try await town.market.given.verifiedSeller("Wood"), 3000)
            ])
            let third = try #require(try await town.detail(inquiry).payment?.reference)
            try await town.stripe.control(
                "payment_intents/\(third)/dispute", #"{"inquiry": true}"#)
            #expect(
                try await town.marketplace.disputes(isOpen: true, PageRequest()).items.isEmpty)

            #expect(try await town.marketplace.sweepDisputes() == 3)

            let open = try await town.marketplace.disputes(isOpen: true, PageRequest()).items
            #expect(open.count == 3)
            #expect(open.count { $0.dispute.status == .inquiry } == 1)
            let taken = open.reduce(Int64(0)) { $0 + $1.dispute.withdrawn.amount }
            #expect(try await town.sum("disputed") == -taken && taken > 10_000)
            #expect(try await town.sum("provider_fees") == -3000)

            let undecided = open.filter { $0.dispute.status == .needsResponse }
            for (dispute, outcome) in zip(undecided, ["won", "lost"]) {
                try await town.stripe.control("disputes/\(dispute.dispute.reference)/\(outcome)")
            }
            #expect(try await town.marketplace.sweepDisputes() == 2)
            #expect(try await town.sum("disputed") == 0)
            #expect(
                try await town.marketplace.disputes(isOpen: true, PageRequest()).items.count == 1)

            // Stripe sends them all again, as its dashboard can.
            try await town.stripe.control("chaos", #"{"lost": 0}"#)
            try await town.stripe.control("resend")
            try await town.eventually("all webhooks arrived") {
                try await town.stripe.state().courier.waiting == 0
            }
            #expect(try await town.sum("disputed") == 0)
            #expect(try await town.sum("provider_fees") == -3000)
        }
    }

    @Test func `a refund that failed after it succeeded is found a day later`() async throws {
        try await StripeTown.run { town in
            let admin = try await town.market.given.administrator()
            let seller = try await town.market.given.verifiedSeller("Clay")
            let bowl = try await town.thing(seller, 5000)
            let placed = try await town.buy([bowl])
            // Stripe gives back out of its balance, which has not what Stripe kept of one payment.
            _ = try await town.buy([bowl])
            let id = try #require(try await town.detail(placed).orders.first).order.id
            try await town.marketplace.shipOrder(
                id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            let held = try await town.clearing()
            let refund = try await town.marketplace.refundOrder(
                id, reason: "it was broken", as: .admin(admin.id))
            func state() async throws -> Refund.State? {
                try await town.marketplace.findOrder(id, as: town.buyer).refunds.first?.state
            }
            try await town.eventually("it succeeded") { try await state() == .succeeded }
            try await town.stripe.control("chaos", #"{"lost": 1}"#)
            try await town.stripe.control(
                "refunds/\(try #require(try await town.reference(of: refund)))/fail")

            #expect(try await town.marketplace.sweepRefunds() == 0)
            try await town.marketplace.moveClock(by: .seconds(86_400), as: nil)
            #expect(try await town.marketplace.sweepRefunds() == 1)

            #expect(try await state() == .failed)
            #expect(try await town.clearing() == held)
            // Stripe sends it again, as its dashboard can.
            try await town.stripe.control("chaos", #"{"lost": 0}"#)
            try await town.stripe.control("resend")
            try await town.eventually("all webhooks arrived") {
                try await town.stripe.state().courier.waiting == 0
            }
            #expect(try await town.clearing() == held)
        }
    }
}
