import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// A market that takes its payments at Stripe, at the shipment where that can be, and a sandbox
/// bank that an administrator turns to.
struct StripeSwap: Sendable {
    let town: StripeTown
    let bank: BankTown
    let sandbox: ID<ProviderInstance>
    let sellers: [GivenSeller]
    let things: [ID<Variant>]
    let administrator: Account

    private struct NoPage: Error {}

    /// Every scenario ends with Stripe retired, and with the books of both compared with ours.
    static func run(
        _ body: @Sendable @escaping (StripeSwap) async throws -> Void
    ) async throws {
        try await StripeTown.run(capture: .atShipment) { town in
            try await withBank { bankURL in
                let swap = try await StripeSwap(town, bankURL)
                try await body(swap)
                try await swap.retire()
                try await swap.bank.compare()
            }
        }
    }

    private init(_ town: StripeTown, _ bankURL: String) async throws {
        self.town = town
        bank = BankTown(beside: town, bankURL)
        sandbox = try await bank.provider("south")
        administrator = try await town.market.given.administrator()
        sellers = [
            try await town.connectedSeller("Clay"), try await town.connectedSeller("Wood"),
        ]
        things = [try await town.thing(sellers[0], 4250), try await town.thing(sellers[1], 1999)]
        try await route(to: town.instance)
    }

    private func route(to instance: ID<ProviderInstance>) async throws {
        try await town.marketplace.setProviderRules(
            .payment, [ProviderRule(kind: .payment, instance: instance)],
            reason: "It is the one that we pay at.", as: administrator.id)
    }

    /// What the administrator does: the rule says the sandbox, and Stripe drains.
    func turn() async throws {
        try await route(to: sandbox)
        let draining = try await town.marketplace.drainProviderInstance(
            town.instance, reason: "We leave it.", as: administrator.id)
        #expect(draining.state == .draining)
    }

    /// What keeps Stripe from being retired.
    func whatKeepsStripe() async throws -> Set<OpenItems.Kind> {
        do {
            _ = try await town.marketplace.retireProviderInstance(
                town.instance, as: administrator.id)
            return []
        } catch ProviderRefusal.stillOpen(let items) {
            return Set(items.map(\.kind))
        }
    }

    private func retire() async throws {
        try await town.stripe.control("faults")
        try await town.eventually("nothing at Stripe is open") {
            guard try await town.stripe.state().courier.waiting == 0 else { return false }
            try await outlast()
            // What was captured, or given back, after the last run is paid by the next one.
            _ = try await town.marketplace.runPayouts()
            return try await town.marketplace.openItemCounts(of: town.instance).isEmpty
        }
        let left = try await whatIsLeft()
        #expect(left.isEmpty, "\(left.joined(separator: "\n"))")
        let retired = try await town.marketplace.retireProviderInstance(
            town.instance, reason: "Nothing is left there.", as: administrator.id)
        #expect(retired.state == .retired)
    }

    /// A start that Stripe has never heard of may arrive for half an hour, and is over then.
    private func outlast() async throws {
        try await town.market.database.execute(
            """
            update payment_attempt set created_at = created_at - interval '1 hour'
            where kind = 'start' and state in ('intent', 'sent', 'unknown')
                and created_at > now() - interval '1 hour'
            """)
    }

    /// What of Stripe's is open, with all that says why, and why wallets wait.
    private func whatIsLeft() async throws -> [String] {
        let open = try await town.marketplace.openItemCounts(of: town.instance)
        if open.isEmpty { return [] }
        let orders = try await town.market.database.query(
            """
            select concat_ws(' ', 'order', o.state, 'hold', o.hold_until <= market_now(),
                'released', o.released_at is not null, 'payment', p.state, p.capture, 'share',
                s.amount, s.captured, s.refunded, s.refund_claimed, (
                    select string_agg(concat_ws(' ', a.kind, a.state, a.tries, a.error), ', ')
                    from payment_attempt a where a.payment_id = p.id), (
                    select string_agg(concat_ws(' ', r.kind, r.state, r.failure), ', ')
                    from refund r where r.order_id = o.id), (
                    select string_agg(concat_ws(' ', 'payout', t.state, t.failure), ', ')
                    from payout_item i join payout t on t.id = i.payout_id
                    where i.order_id = o.id))
            from payment p join payment_share s on s.payment_id = p.id
                join orders o on o.id = s.order_id
            where p.instance_id = \(town.instance) order by o.id
            """
        ).decode { c in try c.next(String.self) }
        let waiting = try await town.marketplace.runPayouts().waiting
        return open.map { "\($0.count) \($0.kind.label)" } + orders
            + waiting.map { "\($0.amount) \($0.reason.rawValue)" }
    }

    func ways(_ checkout: Checkout) async throws -> [ID<ProviderInstance>] {
        try await town.marketplace.waysToPay(checkout.id, as: town.buyer).map(\.instance)
    }

    /// The customer answers on the page that Stripe sent them to.
    func press(_ placed: PlacedPurchase, _ choice: String = "pm_card_visa") async throws {
        guard case .redirect(let page) = placed.next else { throw NoPage() }
        _ = try await town.stripe.press(page, choice)
    }

    func orders(_ placed: PlacedPurchase) async throws -> [Order] {
        try await town.detail(placed).orders.map(\.order)
    }

    func instance(_ placed: PlacedPurchase) async throws -> ID<ProviderInstance>? {
        try await town.detail(placed).payment?.instance
    }

    /// What Stripe's own books say of a payment.
    func atStripe(_ placed: PlacedPurchase) async throws -> FakeStripe.Books.Payment? {
        try await town.stripe.books().payments.first {
            $0.payment == placed.payment.id.description
        }
    }

    /// Stripe brings what it has held back. Nobody asks it how the payment stands.
    func hear(_ late: PlacedPurchase) async throws {
        #expect(try await town.stripe.state().courier.waiting > 0)
        #expect(try await town.detail(late).purchase.state == .awaitingPayment)
        try await town.stripe.control("chaos", #"{"held": false}"#)
        for _ in 0..<1200 {
            try await town.worker.drain()
            if try await town.detail(late).purchase.state == .paid { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("the late webhook paid nothing")
    }

    /// Every seller hands over what was not cancelled.
    func ship(_ purchases: [PlacedPurchase]) async throws {
        for placed in purchases {
            for order in try await orders(placed) where order.state != .cancelled {
                let seller = try #require(sellers.first { $0.id == order.seller })
                try await town.marketplace.shipOrder(
                    order.id, in: try ShippedParcel(carrier: "Post"), as: seller.member)
            }
        }
    }

    /// What was shipped arrives, and its makers are paid for it.
    func payOut(_ purchases: [PlacedPurchase]) async throws {
        for placed in purchases {
            for order in try await orders(placed) where order.state == .shipped {
                try await town.marketplace.confirmDelivery(order.id, as: town.buyer)
            }
        }
        try await town.marketplace.moveClock(by: .seconds(8 * 86_400), as: nil)
        _ = try await town.marketplace.runPayouts()
        try await town.goOn()
    }
}
