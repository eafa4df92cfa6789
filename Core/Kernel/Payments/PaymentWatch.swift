import Vocabulary

extension Payment {
    /// Whether nothing more is to come of it. Its payer may send more all the same.
    var isOver: Bool { !state.isLive || state == .captured }

    /// Whether nothing has come since `before`.
    func standsAs(_ before: Payment) -> Bool {
        state == before.state && received == before.received && captured == before.captured
    }
}

extension PaymentAttempt {
    /// Until when a payment that is over goes on being looked for; nil while it is not over. That
    /// counts from its end, which may be a day after its beginning. A call that its provider has
    /// not heard of arrives soon after it was made, or never.
    func watchEnd(of payment: Payment) -> Instant? {
        guard payment.isOver else { return nil }
        return payment.reference == nil
            ? createdAt.advanced(by: Marketplace.lateArrivalAgeMax)
            : (endedAt ?? createdAt).advanced(by: Marketplace.watchAgeMax)
    }
}
