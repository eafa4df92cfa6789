import Kernel
import Postgres
import ProviderKit
import TestSupport
import Testing
import Vocabulary

@Suite struct `Sales that are paid to the seller` {
    @Test func `the seller has the money and owes the commission, and the platform holds nothing`()
        async throws
    {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)

            let order = try await stall.sold()

            #expect(try await stall.detail(order).order.state == .paid)
            #expect(
                stall.destinations == ["DE89370400440532013000"])
            let balance = try await stall.balance()
            #expect(balance.receivable == Money(-200, .eur))
            #expect(balance.pending.isZero && balance.available.isZero)
            let clearing = try await market.marketplace.platformBalances()
                .filter { $0.kind == .providerClearing }.map(\.balance.amount)
            #expect(clearing.reduce(0, +) == 0)
            try await stall.checkBooks()
        }
    }

    @Test func `it is for one maker at a time`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let other = try await stall.shop.thing(price: 500)
            let checkout = try await stall.shop.checkout(stall.thing, other)

            let ways = try await market.marketplace.waysToPay(checkout.id, as: stall.shop.buyer)

            #expect(ways.map(\.instance) == [stall.shop.payment])
            await #expect(throws: PaymentRefusal.oneMakerOnly) {
                try await stall.place(checkout)
            }
            #expect(try await stall.shop.count("select count(*) from purchase") == 0)
            let alone = try await stall.shop.checkout(stall.thing)
            let offered = try await market.marketplace.waysToPay(alone.id, as: stall.shop.buyer)
            #expect(Set(offered.map(\.instance)) == [stall.shop.payment, stall.direct])
        }
    }

    @Test func `what the platform cannot fund is not refunded or cancelled, and nothing moves`()
        async throws
    {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let order = try await stall.sold()
            let admin = try await market.given.administrator()

            for wish in [
                RefundWish.amount(Money(100, .eur)), .goodwill(Money(1, .eur), fundedBy: .platform),
            ] {
                await #expect(throws: RefundRefusal.paidToSeller) {
                    try await market.marketplace.refundOrder(
                        order, wish, reason: "broken", as: .admin(admin.id))
                }
            }
            await #expect(throws: RefundRefusal.paidToSeller) {
                try await market.marketplace.cancelOrder(
                    order, reason: "broken", as: .seller(stall.thing.seller.member))
            }

            #expect(try await stall.detail(order).refunds.isEmpty)
            #expect(try await stall.detail(order).order.state == .paid)
            #expect(try await stall.balance().receivable == Money(-200, .eur))
        }
    }

    @Test func `what the seller gave back lowers what it owes`() async throws {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let order = try await stall.sold()
            let member = stall.thing.seller.member

            try await market.marketplace.recordRefund(
                order, .amount(Money(1000, .eur)), paidBackAs: "tx 5Fh", reason: "a scratch",
                as: member)
            #expect(try await stall.balance().receivable == Money(-100, .eur))
            try await market.marketplace.recordRefund(
                order, paidBackAs: "tx 6Gk", reason: "all of it", as: member)

            #expect(try await stall.balance().receivable.isZero)
            #expect(try await stall.detail(order).refunds.map(\.state) == [.succeeded, .succeeded])
            // Nothing of it was shipped: it is over, and its things are for sale again.
            #expect(try await stall.detail(order).order.state == .cancelled)
            #expect(try await stall.shop.stock(stall.thing) == Stock(onHand: 9, reserved: 0))
            #expect(stall.calls == ["start"])
            let sold = try #require(try await stall.shop.bought(stall.thing).first)
            await #expect(throws: RefundRefusal.notPaidToSeller) {
                try await market.marketplace.recordRefund(
                    sold.order.id, paidBackAs: "tx", reason: "no", as: member)
            }
            try await stall.checkBooks()
        }
    }

    @Test func `when the rest of a parcel was given back, the order goes on to its delivery`()
        async throws
    {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            let member = stall.thing.seller.member
            let placed = try await stall.place(
                try await market.marketplace.startCheckout(
                    [CheckoutItem(variant: stall.thing.variant, quantity: 2)], to: Shop.address,
                    email: "grace@example.com", as: stall.shop.buyer))
            let order = try #require(try await stall.shop.detail(placed).orders.first)
            let line = try #require(order.lines.first?.id)
            let one = RefundWish.lines([RefundedLine(line: line, quantity: 1)], shipping: false)
            _ = try await market.marketplace.shipOrder(
                order.order.id, [ShippedLine(line: line, quantity: 1)],
                in: try ShippedParcel(carrier: "Post"), as: member)

            try await market.marketplace.recordRefund(
                order.order.id, one, paidBackAs: "tx 7Hm", reason: "the other broke", as: member)

            #expect(try await stall.detail(order.order.id).order.state == .shipped)
            #expect(try await stall.shop.stock(stall.thing) == Stock(onHand: 8, reserved: 0))
            _ = try await market.marketplace.confirmDelivery(
                order.order.id, as: stall.shop.buyer)
            try await stall.checkBooks()
        }
    }

    @Test func `the commission is taken from what other sales made available, and invoiced once`()
        async throws
    {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            _ = try await stall.sold()
            let other = try await stall.delivered()
            while try await market.marketplace.releaseHolds() > 0 {}

            #expect(try await market.marketplace.recoverDebts() == 1)

            let balance = try await stall.balance()
            #expect(balance.receivable.isZero)
            #expect(balance.available.amount == other.amounts.sellerShare.amount - 200)
            let now = try await market.marketplace.marketNow()
            let month = String(now.description.prefix(7))
            await #expect(throws: InvoiceRefusal.monthNotOver) {
                try await market.marketplace.invoiceCommission(of: month)
            }
            await #expect(throws: InvoiceRefusal.monthInvalid) {
                try await market.marketplace.invoiceCommission(of: "2026-13")
            }
            let sold = try await stall.paidMonth()
            try await market.marketplace.moveClock(by: .seconds(40 * 86_400), as: nil)
            let invoices = try await market.marketplace.invoiceCommission(of: sold)
            #expect(invoices.map(\.number) == [1])
            #expect(invoices.first?.total == Money(200, .eur))
            #expect(try await market.marketplace.invoiceCommission(of: sold).isEmpty)
            let id = try #require(invoices.first).id
            let stranger = try await market.given.verifiedSeller("Stranger")
            await #expect(throws: InvoiceRefusal.unknown) {
                try await market.marketplace.commissionInvoice(id, of: stranger.id)
            }
            try await stall.checkBooks()
        }
    }

    @Test func `an invoice that is paid by bank settles what is owed, once, and no more`()
        async throws
    {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            _ = try await stall.sold()
            let admin = try await market.given.administrator()
            let sold = try await stall.paidMonth()
            try await market.marketplace.moveClock(by: .seconds(40 * 86_400), as: nil)
            let invoice = try #require(
                try await market.marketplace.invoiceCommission(of: sold).first)
            func pay(_ amount: Int64, _ reference: String, _ currency: Currency = .eur)
                async throws
            {
                try await market.marketplace.recordInvoicePayment(
                    of: invoice.id, Money(amount, currency), to: stall.shop.payment,
                    reference: reference, reason: "the bank's statement", by: admin.id)
            }

            try await pay(150, "STMT-1")

            #expect(try await stall.balance().receivable == Money(-50, .eur))
            try await stall.checkBooks()
            await #expect(throws: InvoiceRefusal.paymentKnown) { try await pay(10, "STMT-1") }
            await #expect(throws: InvoiceRefusal.aboveInvoice) { try await pay(51, "STMT-2") }
            await #expect(throws: InvoiceRefusal.otherCurrency) {
                try await pay(10, "STMT-3", .jpy)
            }
            await #expect(throws: InputRefusal.self) { try await pay(0, "STMT-4") }
            #expect(try await stall.balance().receivable == Money(-50, .eur))

            try await pay(50, "STMT-5")
            #expect(try await stall.balance().receivable.isZero)
            let paid = try await market.marketplace.invoicePayments(
                of: invoice.id, stall.thing.seller.id)
            #expect(paid.map(\.amount.amount) == [150, 50])
            let stranger = try await market.given.verifiedSeller("Stranger")
            await #expect(throws: InvoiceRefusal.unknown) {
                try await market.marketplace.invoicePayments(of: invoice.id, stranger.id)
            }
            try await stall.checkBooks()
        }
    }

    @Test func `what sales have paid of an invoice already cannot be paid once more`() async throws
    {
        try await TestMarketplace.run { market in
            let stall = try await Stall(market)
            _ = try await stall.sold()
            let admin = try await market.given.administrator()
            let sold = try await stall.paidMonth()
            _ = try await stall.delivered()
            while try await market.marketplace.releaseHolds() > 0 {}
            try await market.marketplace.recoverDebts()
            try await market.marketplace.moveClock(by: .seconds(40 * 86_400), as: nil)
            let invoice = try #require(
                try await market.marketplace.invoiceCommission(of: sold).first)

            await #expect(throws: InvoiceRefusal.aboveOwed) {
                try await market.marketplace.recordInvoicePayment(
                    of: invoice.id, invoice.total, to: stall.shop.payment, reference: "STMT-1",
                    reason: "the bank's statement", by: admin.id)
            }
            try await stall.checkBooks()
        }
    }
}
