import Kernel
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Selling at Stripe` {
    @Test func `a seller connects an account, is paid into it, and loses the right again`()
        async throws
    {
        try await StripeTown.run { town in
            let seller = try await town.market.given.verifiedSeller("Clay")
            let bowl = try await town.thing(seller, 5000)
            let placed = try await town.buy([bowl])
            #expect(placed.purchase.state == .paid)
            let order = try #require(try await town.detail(placed).orders.first)
            try await town.marketplace.shipOrder(
                order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            try await town.marketplace.confirmDelivery(order.order.id, as: town.buyer)
            try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)

            let early = try await town.marketplace.runPayouts()
            #expect(early.payouts.isEmpty)
            #expect(early.waiting.map(\.reason) == [.accountNotReady])

            let page = try await town.connect(seller)
            let again = try await town.connect(seller)
            #expect(page != again, "each link works once")
            _ = try await town.stripe.press(again, "complete")
            try await town.eventually("the webhook makes the account ready") {
                try await town.marketplace.payoutConnections(as: seller.member)
                    .first?.account?.isReady == true
            }
            let account = try #require(
                try await town.marketplace.payoutConnections(as: seller.member).first?.account)
            let books = try await town.stripe.books()
            #expect(books.accounts.keys.sorted() == [account.reference], "one account only")

            let run = try await town.marketplace.runPayouts()
            try await town.worker.drain()
            let payout = try await town.marketplace.payout(
                try #require(run.payouts.first).id, of: seller.id
            ).payout
            #expect(payout.state == .paid && payout.destination?.address == account.reference)
            #expect(
                try await town.stripe.books().accounts[account.reference ?? ""]?["eur"]
                    == payout.amount.amount)

            try await town.stripe.control(
                "accounts/\(account.reference ?? "")/restrict", #"{"due":["external_account"]}"#)
            try await town.eventually("the webhook holds the account back") {
                try await town.marketplace.payoutConnections(as: seller.member)
                    .first?.account?.isReady == false
            }
            let held = try #require(
                try await town.marketplace.payoutConnections(as: seller.member).first?.account)
            #expect(held.requirements.map(\.words) == ["A bank account for payouts"])
            let trail = try await town.marketplace.auditTrail(.everything, PageRequest(limit: 100))
            #expect(trail.items.count { $0.action == "payout-account.link-made" } == 2)
        }
    }

    @Test func `a dispute takes its money, is won, and another one is lost`() async throws {
        try await StripeTown.run { town in
            let seller = try await town.market.given.verifiedSeller("Clay")
            let bowl = try await town.thing(seller, 5000)
            var purchases: [PlacedPurchase] = []
            for _ in 0..<2 { purchases.append(try await town.buy([bowl])) }
            let total = purchases[0].purchase.total.amount
            let before = try await town.clearing()
            for placed in purchases {
                let reference = try #require(try await town.detail(placed).payment?.reference)
                try await town.stripe.control(
                    "payment_intents/\(reference)/dispute", #"{"reason":"product_not_received"}"#)
            }
            try await town.eventually("both disputes are known") {
                try await town.marketplace.disputes(isOpen: true, PageRequest()).items.count == 2
            }
            #expect(try await town.sum("disputed") == -2 * total)
            #expect(try await town.sum("provider_fees") == -3000)
            #expect(try await town.clearing() == before - 2 * total - 3000)

            let open = try await town.marketplace.disputes(as: seller.member, PageRequest()).items
            #expect(open.map(\.dispute.reason) == ["product_not_received", "product_not_received"])
            #expect(open.allSatisfy { $0.order != nil && $0.dispute.status == .needsResponse })
            try await town.stripe.control("disputes/\(open[0].dispute.reference)/won")
            try await town.stripe.control("disputes/\(open[1].dispute.reference)/lost")
            try await town.eventually("both disputes are over") {
                try await town.marketplace.disputes(isOpen: true, PageRequest()).items.isEmpty
            }
            #expect(try await town.sum("disputed") == 0)
            let order = try #require(try await town.detail(purchases[0]).orders.first).order
            let commission = total - order.amounts.sellerShare.amount
            #expect(try await town.sum("dispute_losses") == -commission, "the shop bears its part")
            #expect(try await town.clearing() == before - total - 3000)
        }
    }

    @Test func `a customer pays on Stripe's page, or leaves it`() async throws {
        try await StripeTown.run { town in
            let bowl = try await town.thing(
                try await town.market.given.verifiedSeller("Clay"), 1999)
            let (paid, left) = (
                try await town.buy([bowl], "checkout"), try await town.buy([bowl], "checkout")
            )
            guard case .redirect(let page) = paid.next else {
                Issue.record("\(paid.next)")
                return
            }
            _ = try await town.stripe.press(page, "pm_card_visa")
            try await town.eventually("the webhook pays it") {
                try await town.detail(paid).purchase.state == .paid
            }
            #expect(try await town.detail(left).purchase.state == .awaitingPayment)

            // Another way: the page is closed first, so that only one can ever be paid.
            let other = try await town.marketplace.payPurchase(
                left.purchase.id,
                paying: PaymentChoice(instance: town.instance, method: "pm_card_visa") { _ in
                    "http://127.0.0.1:9/"
                }, as: town.buyer)
            #expect(other.purchase.state == .paid)
            let taken = try await town.stripe.books().payments.filter { $0.received > 0 }
            #expect(taken.count == 2)
        }
    }

    /// Answers are lost, held and broken off, keys are busy, webhooks come late, twice and in any
    /// order; at the end its books and ours are the same to the cent.
    @Test(arguments: [7, 8, 9] as [UInt64])
    func `whatever goes wrong, both books agree in the end`(seed: UInt64) async throws {
        try await StripeTown.run { town in
            let sellers = [
                try await town.connectedSeller("Clay"), try await town.connectedSeller("Wood"),
            ]
            let things = [
                try await town.thing(sellers[0], 4250), try await town.thing(sellers[1], 1999),
            ]
            try await town.stripe.control(
                "faults",
                """
                {"seed": \(seed), "held_seconds": 6, "rates": {"lost": 0.08, "held": 0.01,
                 "conflict": 0.03, "busy": 0.05, "gone": 0.06, "broken": 0.05}}
                """)
            try await town.stripe.control(
                "chaos",
                """
                {"seed": \(seed), "double": 0.3, "late": 0.3, "late_seconds": 2, "shuffle": true}
                """)

            var chance = SeededGenerator(seed: seed)
            let wishes = (0..<24).map { _ in
                (
                    things.filter { _ in Bool.random(using: &chance) },
                    ["pm_card_visa", "pm_card_visa", "pm_card_chargeDeclined", "checkout"]
                        .randomElement(using: &chance) ?? "pm_card_visa"
                )
            }
            var placed: [PlacedPurchase] = []
            for (wanted, method) in wishes {
                let bought = try? await town.buy(wanted.isEmpty ? [things[0]] : wanted, method)
                guard let bought else { continue }
                placed.append(bought)
                if case .redirect(let page) = bought.next, Bool.random(using: &chance) {
                    _ = try await town.stripe.press(page, "pm_card_visa")
                }
                if placed.count.isMultiple(of: 4) { try await town.goOn() }
            }
            try await town.carryOut(placed, sellers, &chance)
            try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
            _ = try await town.marketplace.runPayouts()
            try await town.goOn()
            let happened = try await town.stripe.state().faults
            #expect(happened.count >= 2, "\(happened)")
            try await town.stripe.control("faults", "{}")

            try await town.eventually("both books agree") { try await town.agrees() }
            let theirs = try await town.stripe.books()
            #expect(theirs.payments.contains { $0.refunded > 0 })
            for seller in sellers {
                let account = try await town.marketplace.payoutConnections(as: seller.member)
                    .first?.account?.reference
                let paid = try await town.marketplace.payouts(
                    as: seller.member, PageRequest(limit: 100)
                ).items
                    .filter { $0.state == .paid }.reduce(Int64(0)) { $0 + $1.amount.amount }
                #expect(paid > 0 && theirs.accounts[account ?? ""]?["eur"] == paid)
            }
        }
    }
}

extension StripeTown {
    /// Ships and delivers some of what was paid, gives back the money of some, and leaves the rest.
    fileprivate func carryOut(
        _ placed: [PlacedPurchase], _ sellers: [GivenSeller], _ chance: inout SeededGenerator
    ) async throws {
        let admin = try await market.given.administrator()
        for purchase in placed {
            let detail = try await detail(purchase)
            guard detail.purchase.state == .paid else { continue }
            for order in detail.orders {
                guard let seller = sellers.first(where: { $0.id == order.order.seller }) else {
                    continue
                }
                try await marketplace.shipOrder(
                    order.order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
                try await marketplace.confirmDelivery(order.order.id, as: buyer)
                if Int.random(in: 0..<3, using: &chance) == 0 {
                    try await marketplace.refundOrder(
                        order.order.id, reason: "it was broken", as: .admin(admin.id))
                }
            }
        }
    }
}

/// The same chances in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64 (Steele, Lea and Flood, 2014).
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
