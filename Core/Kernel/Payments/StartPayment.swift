import Logging
import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// What a payment is started under. To be made before the intent is written, since its deadline
    /// begins then: whoever sleeps after that wakes too late to ask.
    func startContext(_ plan: PaymentPlan) -> OperationContext {
        OperationContext(
            idempotencyKey: plan.attempt.description,
            deadline: Instant.systemNow.advanced(by: settings.startDeadline))
    }

    /// Phases two and three of a payment that was written: calls the provider, writes its answer.
    /// Whoever slept until somebody else settled it calls nobody.
    /// - Parameters:
    ///   - context: as it was before the payment was written.
    ///   - fresh: the payment as it was written, when all of it is known.
    func start(
        _ plan: PaymentPlan, _ context: OperationContext, at provider: GuardedPayment,
        returnURL: String, number: String, email: String, fresh: LockedPayment? = nil,
        answering once: AnswerOnce<PlacedPurchase>? = nil
    ) async throws -> PlacedPurchase {
        let request = plan.request(
            returnURL: returnURL,
            webhookURL: ProviderGateway.webhookURL(
                plan.instance, storefront: settings.storefrontURL),
            statement: "Guildhall \(number)", email: email)
        let isUnseen = fresh != nil && began(context, lessThan: settings.unsettledAge)
        if !isUnseen, try await !database.attempts.mayStart(plan) {
            return try await placed(plan.payment)
        }
        let started: StartedPayment
        do throws(ProviderError) {
            reach(.start, .beforeCall)
            started = try await provider.start(request, context)
            reach(.start, .afterCall)
        } catch {
            return try await settleFailure(
                error, of: plan.payment, attempt: plan.attempt, asked: request)
        }
        do {
            if let fresh, let placed = try await settle(fresh: fresh, started, answering: once) {
                return placed
            }
            return try await settle(
                plan.payment, started.snapshot, next: started.next, payUntil: started.payUntil)
        } catch let quarantined as SnapshotQuarantined {
            return try await settleFailure(
                .ambiguous(message: quarantined.problem), of: plan.payment, attempt: plan.attempt)
        }
    }

    /// Whether a start's deadline began less than so long ago.
    private func began(_ context: OperationContext, lessThan age: Duration) -> Bool {
        context.deadline.advanced(by: age - settings.startDeadline) > .systemNow
    }

    /// How somebody else has left a payment.
    private func placed(_ id: ID<Payment>) async throws -> PlacedPurchase {
        try await database.transaction { tx in
            let held = try await tx.payments.lock(id)
            return PlacedPurchase(purchase: held.purchase, payment: held.payment)
        }
    }

    /// Pays a purchase another way, after a payment was declined, or instead of one that waits for
    /// the customer: that one is ended at its provider first, so that only one can ever be taken.
    /// - Throws: `alreadyPaid`, `purchaseOver`, `sellerAway`, `paymentUnderWay`, `wayUnavailable`,
    ///   `methodUnknown`; `OrderRefusal.purchaseMissing`.
    public func payPurchase(
        _ id: ID<Purchase>, paying choice: PaymentChoice, as buyer: Buyer
    ) async throws -> PlacedPurchase {
        let detail = try await findPurchase(id, as: buyer)
        try detail.purchase.checkPayable()
        // Before the payment that waits is ended: whoever cannot pay another way keeps this one.
        try detail.checkShops()
        let way = try await openWay(choice, for: detail.routingFacts, detail.payees)
        if let live = try await database.payments.live(of: id) { try await end(live) }
        let plan = PaymentPlan(
            of: id, detail.purchase.total, at: way, method: choice.method,
            shares: detail.orders.map {
                PaymentPlan.Share(
                    order: $0.order.id, seller: $0.order.seller, wallet: $0.order.wallet,
                    amount: $0.order.amounts.total)
            })
        let context = startContext(plan)
        try await insert(plan)
        return try await start(
            plan, context, at: way.provider, returnURL: choice.returnURL(id),
            number: detail.purchase.number, email: detail.purchase.email)
    }

    /// What happened to the payment that the customer comes back from: asked of the provider now.
    /// - Throws: `OrderRefusal.purchaseMissing`.
    public func returnFromPayment(
        _ id: ID<Purchase>, as buyer: Buyer
    ) async throws -> PlacedPurchase {
        let detail = try await findPurchase(id, as: buyer)
        guard let payment = detail.payment else { throw OrderRefusal.purchaseMissing }
        guard payment.state.isPending else {
            return PlacedPurchase(purchase: detail.purchase, payment: payment)
        }
        return try await lookUp(payment)
            ?? PlacedPurchase(
                purchase: detail.purchase, payment: payment)
    }

    private func insert(_ plan: PaymentPlan) async throws {
        do {
            try await database.transaction { tx in
                guard let purchase = try await tx.purchases.lock(plan.purchase) else {
                    throw PaymentRefusal.purchaseOver
                }
                try purchase.checkPayable()
                if let shop = try await tx.purchases.lockAwayShops(of: purchase.id).first {
                    throw PaymentRefusal.sellerAway(shop: shop)
                }
                _ = try await tx.commit(
                    after: [PaymentStore.insertStatement([plan], claim: settings.callClaim)])
            }
            reach(.start, .intentCommitted)
        } catch let error as PostgresError where error.constraint == "payment_one_live" {
            throw PaymentRefusal.paymentUnderWay
        } catch let error as PostgresError where PaymentStore.isInstanceClosed(error) {
            throw PaymentRefusal.wayUnavailable
        }
    }

    /// Ends a payment that waits for the customer, at its provider.
    /// - Throws: `alreadyPaid`; `paymentUnderWay` when it waits for somebody else, or nobody knows
    ///   whether it has ended.
    func end(_ id: ID<Payment>) async throws {
        guard let payment = try await database.payments.find(id), payment.state.isLive else {
            return
        }
        guard payment.state == .requiresAction, let reference = payment.reference else {
            throw PaymentRefusal.paymentUnderWay
        }
        let ended = try await void(payment, reference)
        if ended?.purchase.state == .paid { throw PaymentRefusal.alreadyPaid }
        guard let ended, !ended.payment.state.isLive else { throw PaymentRefusal.paymentUnderWay }
    }
}
