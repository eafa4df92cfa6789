import Postgres
import ProviderKit
import Vocabulary

/// A purchase and how its payment stands.
public struct PlacedPurchase: Sendable {
    public let purchase: Purchase
    public let payment: Payment
    /// What was bought, when that is known without reading it.
    public internal(set) var items: [CheckoutItem]?
    /// Why the payment failed, when it did: the purchase can be paid another way until it expires.
    public var refusal: PaymentRefusal? {
        guard payment.state == .failed, purchase.state != .paid else { return nil }
        if purchase.state == .cancelled { return .purchaseOver }
        guard let sentence = payment.failureMessage, let code = payment.failureCode,
            code != Payment.unavailableCode
        else { return .providerUnavailable }
        return .declined(code: code, sentence: sentence)
    }

    /// What the customer has to do next.
    public var next: NextAction { payment.state == .requiresAction ? payment.next : .none }
}

extension Marketplace {
    /// Orders what is in the checkout and begins to pay for it.
    ///
    /// Three phases: purchase, orders, payment and the intent to call are written together; the
    /// provider is called with no transaction open; its answer is written. A crash between them is
    /// picked up by the settling job. Called again for the same checkout, it writes nothing and
    /// answers with the purchase that is there.
    /// - Parameter once: keeps the answer to a request that happens at most once.
    /// - Throws: ``CheckoutRefusal``, ``PaymentRefusal``, ``OnceKeyTaken`` when nothing was placed.
    ///   A declined card is not thrown: the purchase exists then, and ``PlacedPurchase/refusal``
    ///   says why.
    public func placePurchase(
        _ id: ID<Checkout>, expecting total: Money, paying choice: PaymentChoice, as buyer: Buyer,
        answering once: AnswerOnce<PlacedPurchase>? = nil
    ) async throws -> PlacedPurchase {
        try await placePurchase(
            id, expecting: total, paying: choice, as: buyer, answering: once, isTrusting: true)
    }

    /// - Parameter isTrusting: whether what this process remembers of the checkout and of
    ///   commission is used; the statement that writes the purchase finds what is out of date.
    private func placePurchase(
        _ id: ID<Checkout>, expecting total: Money, paying choice: PaymentChoice, as buyer: Buyer,
        answering once: AnswerOnce<PlacedPurchase>?, isTrusting: Bool
    ) async throws -> PlacedPurchase {
        let recent = recentCheckouts.take(id, of: buyer).flatMap {
            isTrusting && $0.isPlaceable(expecting: total) ? $0 : nil
        }
        let checkout =
            if let recent { recent } else { try await findCheckout(id, as: buyer) }
        if checkout.state == .placed { return try await placed(id, as: buyer) }
        try checkout.checkPlaceable(expecting: total)
        async let terms = commissionTerms(for: checkout, isTrusting: isTrusting)
        let way = try await openWay(choice, for: checkout.routingFacts, checkout.payees)
        let plan = try PurchasePlan(
            checkout, by: try await terms, language: choice.language)
        let payment = PaymentPlan(
            of: plan.id, total, at: way, method: choice.method, shares: plan.shares)
        let context = startContext(payment)
        let times: PlacedTimes
        do {
            times = try await freshPurchases.write(
                FreshPurchase(
                    plan: plan, payment: payment,
                    claim: once?.claimStatement(for: settings.onceClaim)))
            once?.claim.written()
            reach(.start, .intentCommitted)
        } catch let error as PostgresError where error.constraint == "orders_purchase_id_fkey" {
            // What was remembered may have been out of date; what is read now is not.
            if isTrusting {
                knownCommissions.forget()
                return try await placePurchase(
                    id, expecting: total, paying: choice, as: buyer, answering: once,
                    isTrusting: false)
            }
            return try await notPlaced(checkout, expecting: total, as: buyer)
        } catch let error as PostgresError where error.constraint == "purchase_checkout_key" {
            return try await placed(id, as: buyer)
        } catch let error as PostgresError where PaymentStore.isInstanceClosed(error) {
            throw PaymentRefusal.wayUnavailable
        } catch let error as PostgresError where OnceStore.isTaken(error) {
            throw OnceKeyTaken()
        }
        var placed = try await start(
            payment, context, at: way.provider, returnURL: choice.returnURL(plan.id),
            number: plan.number, email: checkout.email,
            fresh: LockedPayment(plan, payment, times), answering: once)
        placed.items = checkout.lines.map {
            CheckoutItem(variant: $0.variant, quantity: $0.quantity)
        }
        return placed
    }

    /// What the market keeps of a checkout, from memory where it may be.
    private func commissionTerms(
        for checkout: Checkout, isTrusting: Bool
    ) async throws -> CommissionTerms {
        let sellers = checkout.parcels.map(\.seller)
        if isTrusting, let known = knownCommissions.terms(for: sellers, at: checkout.readAt) {
            return known
        }
        let reading = try await database.commissions.read(for: sellers)
        knownCommissions.keep(reading)
        return reading.terms(for: sellers, at: reading.now)
    }

    /// The purchase that was placed from this checkout before.
    private func placed(_ id: ID<Checkout>, as buyer: Buyer) async throws -> PlacedPurchase {
        guard let purchase = try await database.purchases.find(of: id, of: buyer),
            let payment = try await database.payments.newest(of: purchase.id)
        else { throw CheckoutRefusal.missing }
        return PlacedPurchase(purchase: purchase, payment: payment)
    }

    /// Why the checkout could not be placed as it was read.
    private func notPlaced(
        _ checkout: Checkout, expecting total: Money, as buyer: Buyer
    ) async throws -> PlacedPurchase {
        let now = try await findCheckout(checkout.id, as: buyer)
        if now.state == .placed { return try await placed(checkout.id, as: buyer) }
        try now.checkPlaceable(expecting: total)
        throw CheckoutRefusal.changedMeanwhile
    }
}

extension Checkout {
    func isPlaceable(expecting expected: Money) -> Bool {
        do {
            try checkPlaceable(expecting: expected)
            return true
        } catch {
            return false
        }
    }

    /// Whether it can be ordered for this total.
    func checkPlaceable(expecting expected: Money) throws {
        try checkOpen()
        try checkQuoted()
        guard totals.total == expected else {
            throw PaymentRefusal.totalChanged(now: totals.total)
        }
        guard totals.total.isPositive else { throw PaymentRefusal.nothingToPay }
    }
}
