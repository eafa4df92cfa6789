import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension Marketplace {
    /// How far the clocks of our machines and of a seller's may be apart.
    private static let clockSkewMax: Duration = .seconds(300)

    /// Takes down that money came, as somebody says who has the right to: an administrator of what
    /// comes to the platform, a seller of what is paid to the shop. Parts add up; what is too much
    /// is kept for a person to look at; what comes after the end of the purchase is given back
    /// where the platform has it.
    /// - Throws: ``ReceiptRefusal``; `SellerRefusal.notAllowed`; ``InputRefusal``.
    @discardableResult
    public func confirmPayment(
        _ id: ID<Payment>, _ draft: ReceiptDraft, as actor: OrderActor
    ) async throws -> Payment {
        try await confirm(id, draft, as: actor)
    }

    /// - Parameter more: what else is written in the transaction that takes the money down.
    private func confirm(
        _ id: ID<Payment>, _ draft: ReceiptDraft, as actor: OrderActor,
        with more: @escaping @Sendable (Transaction) async throws -> Void = { _ in }
    ) async throws -> Payment {
        let draft = try draft.checked()
        guard let payment = try await database.payments.find(id) else {
            throw ReceiptRefusal.unknown
        }
        try await require(actor, mayConfirm: payment)
        guard payment.reference != nil,
            try await providers.payment(payment.instance).isConfirmedByPerson
        else { throw ReceiptRefusal.notConfirmable }
        guard draft.amount.currency == payment.amount.currency else {
            throw ReceiptRefusal.otherCurrency
        }
        try await takeDown(draft, of: id, as: actor, with: more)
        guard let now = try await database.payments.find(id) else { throw ReceiptRefusal.unknown }
        return try await lookUp(now)?.payment ?? now
    }

    /// Whether a person says what came of a payment, as far as its module can be had.
    func isConfirmable(_ payment: PaymentCase) async -> Bool {
        guard payment.reference != nil else { return false }
        do {
            return try await providers.payment(payment.instance).isConfirmedByPerson
        } catch { return false }
    }

    /// Takes down that the customer paid an order when it was handed over, which delivers it.
    /// - Throws: as ``confirmPayment(_:_:as:)``; `OrderRefusal.missing`.
    @discardableResult
    public func confirmDeliveryPaid(
        _ id: ID<Order>, _ draft: ReceiptDraft, as actor: OrderActor
    ) async throws -> Payment {
        try await confirmDelivery(id, draft, as: actor)
    }

    /// - Parameter more: what else is written in the transaction that takes the money down.
    func confirmDelivery(
        _ id: ID<Order>, _ draft: ReceiptDraft, as actor: OrderActor,
        with more: @escaping @Sendable (Transaction) async throws -> Void = { _ in }
    ) async throws -> Payment {
        _ = try await visible(id, to: actor, .refundOrders)
        guard let payment = try await database.payments.payingFor(id),
            payment.capture == .atDelivery
        else { throw ReceiptRefusal.notOnDelivery }
        let confirmed = try await confirm(payment.id, draft, as: actor, with: more)
        guard confirmed.state == .captured else { return confirmed }
        do {
            try await deliver(id, by: actor.account, note: "It was paid for.")
        } catch OrderRefusal.notShipped, OrderRefusal.alreadyDelivered {
            // It was paid for before it was sent, or the customer was faster.
        }
        return confirmed
    }

    private func takeDown(
        _ draft: ReceiptDraft, of id: ID<Payment>, as actor: OrderActor,
        with more: @escaping @Sendable (Transaction) async throws -> Void
    ) async throws {
        do {
            try await database.transaction { tx in
                let held = try await tx.payments.lock(id)
                let latest = try await tx.clock.now().advanced(by: Self.clockSkewMax)
                guard draft.receivedAt <= latest else {
                    throw ReceiptRefusal.inTheFuture
                }
                var after = held.payment
                after.received = try after.received.adding(draft.amount)
                after.excess = Money(
                    max(0, after.received.amount - after.amount.amount), after.amount.currency)
                var statements = [
                    ReceiptStore.confirmStatement(
                        draft.receipt, of: held.payment, note: draft.note, by: actor.account),
                    AttemptStore.lookAgainStatement(at: id, in: settings.callClaim),
                ]
                statements += held.shares.map {
                    OrderStore.noteStatement(
                        $0.order, "money-confirmed", note: after.receivedSentence,
                        by: actor.account)
                }
                try await tx.audit.record(
                    "payment.confirmed", on: "payment", id.description, by: actor.account,
                    as: actor.kind, for: actor.seller,
                    reason: [draft.reference, draft.note, after.receivedSentence]
                        .compactMap { $0 }.joined(separator: ": "),
                    before: ReceivedState(received: held.payment.received),
                    after: ReceivedState(received: after.received))
                try await more(tx)
                _ = try await tx.commit(after: statements)
            }
        } catch let error as PostgresError where ReceiptStore.isUsedAlready(error) {
            throw ReceiptRefusal.usedAlready
        }
    }

    private func require(_ actor: OrderActor, mayConfirm payment: Payment) async throws {
        switch actor {
        case .admin: return
        case .customer: throw ReceiptRefusal.unknown
        case .seller(let member):
            try member.require(.refundOrders)
            guard try await database.payments.pays(payment.id, member.seller) else {
                throw ReceiptRefusal.unknown
            }
            guard payment.isDirect else { throw ReceiptRefusal.notYours }
        }
    }

    /// How a payment stands by what people said of it; nil when its provider never began it.
    func confirmed(
        _ payment: Payment, at provider: GuardedPayment, isEnded: Bool, _ context: OperationContext
    ) async throws -> PaymentSnapshot? {
        guard
            let confirmation = try await database.receipts.confirmation(
                of: payment.id, isEnded: isEnded)
        else { return nil }
        return try await provider.confirmed(confirmation, context)
    }
}

/// What the audit trail shows of a payment when somebody says that money came.
private struct ReceivedState: Codable, Sendable {
    let received: Money
}
