import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `A market where anything may happen` {
    @Test(arguments: [1, 2, 3, 4] as [UInt64])
    func `keeps exact books through any sequence of events`(seed: UInt64) async throws {
        try await TestMarketplace.run { market in
            let capture: ProviderInstance.Capture = seed.isMultiple(of: 2) ? .atOrder : .atShipment
            var story = try await Story(
                MarketDay(
                    market, sellers: 3, capture: capture,
                    tax: ["platformRemits": seed > 2 ? "true" : "false"]), seed: seed)
            for _ in 0..<60 { try await story.step() }

            try await story.day.finishEverything()
            try await market.marketplace.moveClock(by: .seconds(30 * 86_400), as: nil)
            _ = try await market.marketplace.runPayouts()
            try await story.day.finishEverything()

            try await story.day.checkBooks()
        }
    }

    @Test(arguments: [11, 12, 13] as [UInt64])
    func `loses and doubles nothing when processes die at any moment`(seed: UInt64) async throws {
        try await TestMarketplace.run { market in
            var story = try await Story(
                MarketDay(market, sellers: 3, capture: seed == 12 ? .atShipment : .atOrder),
                seed: seed)
            for _ in 0..<50 { try await story.stepThatMayDie() }

            try await story.day.finishEverything()
            try await market.marketplace.moveClock(by: .seconds(30 * 86_400), as: nil)
            _ = try await market.marketplace.runPayouts()
            try await story.day.finishEverything()

            try await story.day.checkBooks()
        }
    }
}

/// A sequence of events that a seed decides.
private struct Story {
    let day: MarketDay
    private var random: SplitMix64
    private var orders: [OrderDetail] = []

    init(_ day: MarketDay, seed: UInt64) {
        self.day = day
        random = SplitMix64(seed: seed)
    }

    /// One event. What the market refuses is no event.
    mutating func step() async throws {
        let act = choose()
        do {
            orders += try await act()
        } catch is any Refusal {
            // A cancelled order cannot be shipped, and so on: the story goes on.
        }
    }

    /// One event whose process may die under way, some milliseconds after it began.
    mutating func stepThatMayDie() async throws {
        let act = choose()
        guard Int.random(in: 0..<3, using: &random) == 0 else {
            do { orders += try await act() } catch is any Refusal {}
            return
        }
        let pause = Int.random(in: 0...12, using: &random)
        let task = Task { try await act() }
        try await Task.sleep(for: .milliseconds(pause))
        task.cancel()
        // Whatever it threw: it is dead.
        if case .success(let bought) = await task.result { orders += bought }
        // Others see what it left as soon as the database has rolled back.
        orders = try await reread()
    }

    private func reread() async throws -> [OrderDetail] {
        let page = try await day.marketplace.listPurchases(
            of: day.customer.id, PageRequest(limit: 50))
        var all: [OrderDetail] = []
        for purchase in page.items {
            all += try await day.marketplace.findPurchase(purchase.id, as: day.buyer).orders
        }
        return all
    }

    private typealias Act = @Sendable () async throws -> [OrderDetail]

    private mutating func choose() -> Act {
        let day = day
        let order = orders.randomElement(using: &random)
        if Int.random(in: 0..<5, using: &random) == 0 {
            let faults: [TestBank.Fault] = [.answerLost, .callLost, .unavailable, .declined]
            if let fault = faults.randomElement(using: &random) { day.bank.fail(fault) }
        }
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<6: return buying()
        case 6..<9: return with(order) { try await day.ship($0) }
        case 9..<12: return with(order) { try await day.confirm($0) }
        case 12:
            return with(order) {
                try await day.marketplace.cancelOrder(
                    $0.order.id, reason: "changed my mind", as: .customer(day.buyer))
            }
        case 13, 14:
            let wish = wish(for: order)
            return with(order) {
                try await day.marketplace.refundOrder(
                    $0.order.id, wish, reason: "broken", as: .admin(day.admin.id))
            }
        case 15:
            let days = Int64.random(in: 1...6, using: &random)
            return {
                try await day.marketplace.moveClock(by: .seconds(days * 86_400), as: nil)
                return []
            }
        case 16:
            return {
                _ = try await day.marketplace.runPayouts()
                return []
            }
        case 17: return webhook()
        default:
            return {
                try await day.settle()
                try await day.market.worker().drain(limit: 20)
                return []
            }
        }
    }

    private mutating func wish(for order: OrderDetail?) -> RefundWish {
        guard let order, let line = order.lines.randomElement(using: &random) else {
            return .everything
        }
        let some = Money(
            Int64.random(in: 1...max(1, order.order.amounts.total.amount / 3), using: &random),
            order.order.amounts.total.currency)
        switch Int.random(in: 0..<5, using: &random) {
        case 0: return .everything
        case 1: return .amount(some)
        case 2: return .goodwill(some, fundedBy: .platform)
        case 3: return .goodwill(some, fundedBy: .seller)
        default:
            let quantity = Int.random(in: 1...line.quantity, using: &random)
            return .lines(
                [RefundedLine(line: line.id, quantity: quantity)],
                shipping: Bool.random(using: &random))
        }
    }

    private mutating func buying() -> Act {
        let day = day
        let count = Int.random(in: 1...3, using: &random)
        let lines = day.things.shuffled(using: &random).prefix(count).map {
            ($0, Int.random(in: 1...3, using: &random))
        }
        let method =
            ["card", "card", "card", "redirect", "processing", "declined"]
            .randomElement(using: &random) ?? "card"
        let agrees = Bool.random(using: &random)
        return {
            let bought = try await day.buy(lines, method)
            if let reference = bought.payment?.reference, method != "card" {
                day.bank.finish(reference, agreed: agrees)
                _ = try await day.marketplace.returnFromPayment(
                    bought.purchase.id, as: day.buyer)
            }
            return bought.orders
        }
    }

    /// The bank tells of a payment, perhaps again.
    private mutating func webhook() -> Act {
        let day = day
        let known = day.bank.payments.sorted { $0.reference < $1.reference }
        guard let payment = known.randomElement(using: &random),
            let delivery = day.bank.webhook(payment.reference)
        else { return { [] } }
        return {
            for _ in 0..<2 {
                try await day.marketplace.receiveWebhook(
                    from: day.payment, headers: delivery.headers, body: delivery.body)
            }
            return []
        }
    }

    private func with(
        _ order: OrderDetail?, _ act: @escaping @Sendable (OrderDetail) async throws -> Void
    ) -> Act {
        {
            if let order { try await act(order) }
            return []
        }
    }
}
