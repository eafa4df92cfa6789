import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `An administrator who turns from Stripe to another provider` {
    @Test(arguments: ["lost", "held"])
    func `ends at Stripe what began there, while new purchases are paid at the other`(
        _ fault: String
    ) async throws {
        try await StripeSwap.run { swap in
            let stripe = swap.town.instance
            let old = try await swap.begin(fault)
            let waiting = try await swap.bank.checkout(swap.things)
            #expect(try await swap.ways(waiting) == [stripe])
            // Paid on the page before the turn, and told after it, twice.
            try await swap.town.stripe.control(
                "chaos", #"{"held": true, "double": 1, "shuffle": true}"#)
            try await swap.press(old.late)

            try await swap.turn()

            #expect(try await swap.ways(waiting) == [swap.sandbox])
            await #expect(throws: PaymentRefusal.wayUnavailable) {
                try await swap.bank.place(waiting, "pm_card_visa", at: stripe)
            }
            let next = try await swap.bank.place(waiting, "tok_visa", at: swap.sandbox)
            #expect(next.purchase.state == .paid)
            let kept = try await swap.whatKeepsStripe()
            #expect(kept.isSuperset(of: [.payment, .call, .capture, .earning]), "\(kept)")

            try await swap.hear(old.late)
            try await swap.goOnPaying(old)
            try await swap.giveBack(old)
            try await swap.ship(old.shipped + [next])
            try await swap.checkTaken(old)
            try await swap.giveBackShipped(old)
            #expect(try await swap.whatKeepsStripe().contains(.earning))
            try await swap.payOut(old.shipped + [next])
        }
    }

    /// Customers place and pay all the while; calls to Stripe fail, and its webhooks come late,
    /// twice and in any order.
    @Test(arguments: [3, 11])
    func `is not noticed by those who are buying just then`(seed: UInt64) async throws {
        try await StripeSwap.run { swap in
            let town = swap.town
            try await swap.trouble(seed)
            var bought = try await withThrowingTaskGroup(of: [PlacedPurchase].self) { group in
                for customer in 0..<4 {
                    group.addTask { try await swap.shop(seed &* 100 + UInt64(customer), 4) }
                }
                group.addTask {
                    try await swap.waitForPurchases(5)
                    try await swap.turn()
                    return []
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            bought += try await swap.shop(seed, 1)
            #expect(bought.count == 17)
            var began: [ID<ProviderInstance>] = []
            for placed in bought {
                began.append(placed.payment.instance)
            }
            #expect(Set(began) == [town.instance, swap.sandbox])

            try await swap.everybodyPays(bought)
            try await swap.ship(bought)
            try await town.eventually("all of it is taken") {
                for placed in bought {
                    let detail = try await town.detail(placed)
                    // A webhook may tell of it before the answer that gives each order its share.
                    guard detail.payment?.captured == detail.purchase.total,
                        detail.orders.allSatisfy(\.refundable.isPositive)
                    else { return false }
                }
                return true
            }
            for (placed, instance) in zip(bought, began) {
                let now = try await town.detail(placed).payment
                // Nothing moves to another provider but what the first never took.
                #expect(
                    now?.instance == instance
                        || now?.instance == swap.sandbox && now?.id != placed.payment.id)
            }
            let first = try #require(bought.first)
            for order in try await swap.orders(first) {
                try await town.marketplace.refundOrder(
                    order.id, reason: "It was broken.", as: .admin(swap.administrator.id))
            }
            try await town.eventually("it went back") {
                try await town.detail(first).payment?.refunded == first.purchase.total
            }
            try await swap.payOut(bought)
        }
    }
}

/// Purchases that are under way at Stripe when it is left, each in another state.
private struct UnderWay: Sendable {
    /// Authorized, to be taken at the shipment.
    let reserved: PlacedPurchase
    /// The same, and its customer will change their mind.
    let released: PlacedPurchase
    /// Of two shops, and so taken at once.
    let taken: PlacedPurchase
    /// Customers on Stripe's page: one who pays in time and whom nobody hears of, one who pays
    /// after the turn, and one who leaves it for another provider.
    let late: PlacedPurchase
    let page: PlacedPurchase
    let left: PlacedPurchase
    /// Its customer's bank asks for a confirmation.
    let asked: PlacedPurchase
    /// Stripe acted, and its answer never came.
    let lost: PlacedPurchase

    /// All that end at Stripe with things that are sent.
    var shipped: [PlacedPurchase] { [reserved, taken, late, page, asked, lost, left] }
}

extension StripeSwap {
    fileprivate func begin(_ fault: String) async throws -> UnderWay {
        let (bowl, spoon) = (things[0], things[1])
        let reserved = try await town.buy([bowl])
        let released = try await town.buy([spoon])
        let taken = try await town.buy([bowl, spoon])
        let pages = [
            try await town.buy([bowl], "checkout"), try await town.buy([bowl], "checkout"),
            try await town.buy([spoon], "checkout"),
        ]
        let asked = try await town.buy([spoon], "pm_card_authenticationRequired")
        try await town.stripe.control(
            "faults",
            """
            {"only": "^POST /v1/payment_intents$", "next": ["\(fault)"], "held_seconds": 6}
            """)
        let lost = try await town.buy([bowl])
        try await town.stripe.control("faults")
        #expect(reserved.payment.state == .authorized && released.payment.state == .authorized)
        #expect(taken.payment.state == .captured)
        #expect(pages.allSatisfy { $0.payment.state == .requiresAction })
        #expect(asked.payment.state == .requiresAction)
        #expect(lost.payment.state == .unknown)
        return UnderWay(
            reserved: reserved, released: released, taken: taken, late: pages[0], page: pages[1],
            left: pages[2], asked: asked, lost: lost)
    }

    /// Each customer goes on where they were; the one who leaves Stripe's page finds it closed.
    fileprivate func goOnPaying(_ old: UnderWay) async throws {
        try await press(old.page)
        try await press(old.asked, "yes")
        let back = try await town.marketplace.returnFromPayment(
            old.asked.purchase.id, as: town.buyer)
        #expect(back.purchase.state == .paid)
        let other = try await town.marketplace.payPurchase(
            old.left.purchase.id, paying: bank.choice("tok_visa", at: sandbox), as: town.buyer)
        #expect(other.purchase.state == .paid)
        await #expect(throws: (any Error).self, "Stripe closed its page") {
            try await press(old.left)
        }
        for placed in [old.page, old.lost] {
            try await town.eventually("it is paid at Stripe") {
                try await town.detail(placed).purchase.state == .paid
            }
        }
        #expect(try await instance(old.left) == sandbox)
        for placed in old.shipped where placed.purchase.id != old.left.purchase.id {
            #expect(try await instance(placed) == town.instance)
        }
    }

    /// One reservation is released before its shipment, and of what was taken one order goes back.
    fileprivate func giveBack(_ old: UnderWay) async throws {
        let released = try #require(try await orders(old.released).first)
        try await town.marketplace.cancelOrder(
            released.id, reason: "I changed my mind.", as: .customer(town.buyer))
        let returned = try #require(try await orders(old.taken).first)
        try await town.marketplace.cancelOrder(
            returned.id, reason: "It is sold out.", as: .admin(administrator.id))
        try await town.eventually("both are back") {
            guard try await atStripe(old.released)?.status == "canceled" else { return false }
            return try await atStripe(old.taken)?.refunded == returned.amounts.total.amount
        }
        #expect(try await town.detail(old.released).payment?.state == .voided)
    }

    fileprivate func checkTaken(_ old: UnderWay) async throws {
        for placed in old.shipped where placed.purchase.id != old.left.purchase.id {
            try await town.eventually("Stripe took it") {
                try await atStripe(placed)?.received == placed.purchase.total.amount
            }
        }
        #expect(try await atStripe(old.released)?.received == 0)
        #expect(try await atStripe(old.left) == nil, "its page was never paid")
    }

    /// After its parcel, and so after it was taken.
    fileprivate func giveBackShipped(_ old: UnderWay) async throws {
        let order = try #require(try await orders(old.reserved).first)
        try await town.eventually("it can be given back") {
            try await town.detail(old.reserved).orders.first?.refundable.isPositive == true
        }
        try await town.marketplace.refundOrder(
            order.id, reason: "It was broken.", as: .admin(administrator.id))
        try await town.eventually("it went back") {
            try await atStripe(old.reserved)?.refunded == old.reserved.purchase.total.amount
        }
    }

    fileprivate func trouble(_ seed: UInt64) async throws {
        try await town.stripe.control(
            "faults",
            """
            {"seed": \(seed), "rates": {"lost": 0.08, "busy": 0.05, "gone": 0.05, "broken": 0.04}}
            """)
        try await town.stripe.control(
            "chaos",
            """
            {"seed": \(seed), "double": 0.3, "late": 0.5, "late_seconds": 2, "shuffle": true}
            """)
    }

    /// A customer who buys so often, each time at what is offered first.
    fileprivate func shop(_ seed: UInt64, _ times: Int) async throws -> [PlacedPurchase] {
        var chance = SeededGenerator(seed: seed)
        var placed: [PlacedPurchase] = []
        for _ in 0..<times {
            let wanted = things.filter { _ in Bool.random(using: &chance) }
            placed.append(
                try await pay(try await bank.checkout(wanted.isEmpty ? [things[0]] : wanted)))
        }
        return placed
    }

    /// Who is told that a way is closed asks for those that are open.
    private func pay(_ checkout: Checkout) async throws -> PlacedPurchase {
        for _ in 0..<20 {
            let way = try #require(try await ways(checkout).first)
            do {
                return try await bank.place(
                    checkout, way == sandbox ? "tok_visa" : "pm_card_visa", at: way)
            } catch PaymentRefusal.wayUnavailable {
                continue
            }
        }
        throw PaymentRefusal.wayUnavailable
    }

    fileprivate func waitForPurchases(_ count: Int) async throws {
        for _ in 0..<1000 {
            let now =
                try await town.market.database.query("select count(*) from purchase")
                .decode { c in try c.next(Int.self) }.first ?? 0
            if now >= count { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("nobody buys")
    }

    /// Whose payment failed pays again, at the provider that is there now.
    fileprivate func everybodyPays(_ bought: [PlacedPurchase]) async throws {
        try await town.eventually("everybody has paid") {
            var isPaid = true
            for placed in bought {
                let detail = try await town.detail(placed)
                guard detail.purchase.state != .paid else { continue }
                isPaid = false
                guard detail.payment?.state == .failed else { continue }
                _ = try await town.marketplace.payPurchase(
                    placed.purchase.id, paying: bank.choice("tok_visa", at: sandbox),
                    as: town.buyer)
            }
            return isPaid
        }
    }
}
