import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

/// Sellers with a thing each, a customer, an administrator and a bank.
struct MarketDay: Sendable {
    let market: TestMarketplace
    let sellers: [GivenSeller]
    let things: [GivenListing]
    let payment: ID<ProviderInstance>
    let customer: Account
    let admin: Account

    var marketplace: Marketplace { market.marketplace }
    var bank: TestBank { TestBank.of(payment) }
    var buyer: Buyer { Buyer(account: customer.id) }

    init(
        _ market: TestMarketplace, sellers count: Int,
        capture: ProviderInstance.Capture = .atOrder, tax: [String: String] = [:], stock: Int = 100
    ) async throws {
        self.market = market
        payment = try await market.given.providers(capture: capture, tax: tax)
        customer = try await market.given.account("Grace Customer")
        admin = try await market.given.administrator()
        var sellers: [GivenSeller] = []
        var things: [GivenListing] = []
        for number in 0..<count {
            let seller = try await market.given.verifiedSeller("Maker \(number)")
            sellers.append(seller)
            things.append(
                try await market.given.listing(
                    price: Money(1999 + Int64(number) * 733, .eur), by: seller, stock: stock))
        }
        self.sellers = sellers
        self.things = things
    }

    /// Buys so many of each in one payment.
    func buy(
        _ lines: [(GivenListing, Int)], _ method: String = "card",
        as marketplace: Marketplace? = nil
    ) async throws -> PurchaseDetail {
        let marketplace = marketplace ?? self.marketplace
        let checkout = try await marketplace.startCheckout(
            lines.map { CheckoutItem(variant: $0.0.variant, quantity: $0.1) }, to: Given.address,
            email: "grace@example.com", as: buyer)
        let placed = try await marketplace.placePurchase(
            checkout.id, expecting: checkout.totals.total,
            paying: PaymentChoice(instance: payment, method: method) { purchase in
                "http://127.0.0.1/purchases/\(purchase)/return"
            }, as: buyer)
        return try await marketplace.findPurchase(placed.purchase.id, as: buyer)
    }

    func ship(_ order: OrderDetail, as marketplace: Marketplace? = nil) async throws {
        let seller = try #require(sellers.first { $0.id == order.order.seller })
        try await (marketplace ?? self.marketplace).shipOrder(
            order.order.id, in: try ShippedParcel(carrier: "Post", trackingNumber: "T1"),
            as: seller.member)
    }

    func confirm(_ order: OrderDetail, as marketplace: Marketplace? = nil) async throws {
        try await (marketplace ?? self.marketplace).confirmDelivery(order.order.id, as: buyer)
    }

    func refund(_ order: OrderDetail) async throws {
        try await marketplace.refundOrder(
            order.order.id, reason: "it was broken", as: .admin(admin.id))
        try await settle()
    }

    /// Goes on with what was asked of providers until nothing is due.
    func settle() async throws {
        for _ in 0..<10 where try await marketplace.settlePayments() == 0 { return }
    }

    /// Lets everything happen that is still to happen: the bank answers again, customers come back
    /// or do not, time passes, and another process works.
    func finishEverything() async throws {
        let other = try market.anotherProcess()
        do {
            try await finishEverything(in: other)
        } catch {
            await other.database.close()
            throw error
        }
        await other.database.close()
    }

    private func finishEverything(in other: Marketplace) async throws {
        let worker = Worker(
            other.database, handlers: other.jobHandlers(), logger: TestServers.logger)
        bank.recover()
        for _ in 0..<40 {
            for payment in bank.payments {
                bank.finish(payment.reference, agreed: payment.reference.utf8.last == 48)
            }
            try await market.database.execute(
                """
                update payment_attempt
                set next_try_at = now(), created_at = created_at - interval '1 minute'
                where state in ('intent', 'sent', 'unknown')
                """)
            try await market.database.execute(
                """
                update job set state = 'ready', run_at = now(), lease = null, leased_until = null
                where state in ('ready', 'running')
                """)
            for _ in 0..<10 where try await other.settlePayments() == 0 { break }
            try await worker.drain(limit: 500)
            let open = try await market.database.query(
                """
                select (select count(*) from payment_attempt
                        where state in ('intent', 'sent', 'unknown'))
                    + (select count(*) from payout where state in ('held', 'sent', 'unknown'))
                    + (select count(*) from refund where state in ('pending', 'unknown'))
                    + (select count(*) from webhook_inbox where state = 'new')
                """
            ).decode { c in try c.next(Int.self) }.first
            if open == 0 { return }
        }
        Issue.record("it never ends: \(try await unfinished())")
    }

    /// What is still open, in words.
    private func unfinished() async throws -> [String] {
        try await market.database.query(
            """
            select concat_ws(' ', 'attempt', a.kind, a.state, a.tries, a.error, 'of a payment',
                p.state, 'captured', p.captured, 'refunded', p.refunded, 'order',
                (select o.state from orders o where o.id = a.order_id))
            from payment_attempt a join payment p on p.id = a.payment_id
            where a.state in ('intent', 'sent', 'unknown')
            union all
            select concat_ws(' ', 'refund', state, amount, failure) from refund
            where state in ('pending', 'unknown')
            union all
            select concat_ws(' ', 'payout', state, tries, failure) from payout
            where state in ('held', 'sent', 'unknown')
            union all
            select concat_ws(' ', 'job', kind, state, attempt, error) from job
            where state <> 'done'
            union all
            select concat_ws(' ', 'webhook', kind, error) from webhook_inbox where state = 'new'
            """
        ).decode { c in try c.next() }
    }

    /// The books are clean, and say what the bank says.
    func checkBooks() async throws {
        let report = try await marketplace.verifyLedger()
        for check in report.checks where !check.culprits.isEmpty {
            Issue.record("\(check.claim): \(check.culprits)")
        }
        let platform = try await marketplace.platformBalances()
        let clearing = platform.filter { $0.kind == .providerClearing }
            .reduce(0) { $0 + $1.balance.amount }
        #expect(bank.held == -clearing, "the bank holds something else than the books say")
    }
}
