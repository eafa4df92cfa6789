import Postgres
import Vocabulary

/// What a seller reads of cash that nobody has confirmed.
private struct CashNotice: Codable, Sendable {
    let number: String
    let amount: Money
    let note: String?
}

extension Marketplace {
    /// Deliveries that were to be paid at the door, of which nobody said that they were, oldest
    /// first.
    public func unconfirmedCash(
        _ search: CashSearch, _ page: PageRequest
    ) async throws -> Page<UnconfirmedCash> {
        try await database.cashDue.list(search, page)
    }

    /// The same of one order; nil when nothing of it is to be said.
    public func unconfirmedCash(of order: ID<Order>) async throws -> UnconfirmedCash? {
        try await database.cashDue.find(order)
    }

    /// Reminds sellers, each order's once, who have not said within a week of its delivery that it
    /// was paid for. Run by the worker.
    /// - Returns: how many were reminded.
    @discardableResult
    public func remindOfCash(limit: Int = 100) async throws -> Int {
        try await database.transaction { tx in
            let due = try await tx.cashDue.remind(limit: limit)
            for cash in due {
                try await tx.outbox.record(
                    OutboxEvent(
                        "order.cash-due", about: "order", cash.order,
                        CashNotice(number: cash.orderNumber, amount: cash.missing, note: nil)
                    ).telling(team: cash.seller))
            }
            return due.count
        }
    }

    /// Decides for a seller who never said it that a delivery was paid for: the commission is owed
    /// from then on, as if the seller had said so.
    /// - Throws: ``ReceiptRefusal``: `notOnDelivery`, `notOverdue`.
    @discardableResult
    public func decideCashPaid(
        _ id: ID<Order>, reason: String, by admin: ID<Account>
    ) async throws -> Payment {
        let reason = try InputText.paragraphs(reason, field: "reason", lengths: 3...300)
        guard let cash = try await database.cashDue.find(id) else {
            throw ReceiptRefusal.notOnDelivery
        }
        guard cash.overdueAt <= (try await marketNow()) else { throw ReceiptRefusal.notOverdue }
        let draft = ReceiptDraft(
            amount: cash.missing, receivedAt: .systemNow, reference: "decided \(id)",
            note: "Decided by the market: \(reason)")
        return try await confirmDelivery(id, draft, as: .admin(admin)) { tx in
            try await tx.audit.record(
                "order.cash-decided", on: "order", id.description, by: admin, for: cash.seller,
                reason: reason, before: CashDecision(isOwed: false, owed: cash.owed),
                after: CashDecision(isOwed: true, owed: cash.owed))
            try await tx.outbox.record(
                OutboxEvent(
                    "order.cash-decided", about: "order", id,
                    CashNotice(number: cash.orderNumber, amount: cash.owed, note: reason)
                ).telling(team: cash.seller))
        }
    }
}

/// What the audit trail shows of such a decision.
private struct CashDecision: Codable, Sendable {
    let isOwed: Bool
    let owed: Money
}
