public import Vocabulary

/// A payment provider that nobody can ask whether the money came, such as a bank account without
/// an interface, or a hand: a person says so. The kernel keeps what was said, and never calls
/// `void` or `lookup` of it: `confirmed` answers both.
public protocol ConfirmedPaymentProvider: PaymentProvider {
    /// How a payment stands when what came is what a person said. Pure: no I/O; the same
    /// confirmation has the same snapshot.
    func confirmed(_ payment: PaymentConfirmation) throws(ProviderError) -> PaymentSnapshot
}

/// A payment, and all that a person said has come of it.
public struct PaymentConfirmation: Hashable, Sendable, Codable {
    /// The module's reference of the payment.
    public var reference: String
    public var paymentID: String
    /// What was asked for.
    public var amount: Money
    public var receipts: [Receipt]
    /// Whether the platform has ended it: what is not there by now is not waited for.
    public var isEnded: Bool
    /// The version that the snapshot is to have.
    public var version: Int64

    public init(
        reference: String, paymentID: String, amount: Money, receipts: [Receipt],
        isEnded: Bool = false, version: Int64
    ) {
        self.reference = reference
        self.paymentID = paymentID
        self.amount = amount
        self.receipts = receipts
        self.isEnded = isEnded
        self.version = version
    }

    /// What came in all.
    /// - Throws: `invalidRequest` when a receipt is in another currency, or they are absurd.
    public func received() throws(ProviderError) -> Money {
        do {
            return try Money.sum(receipts.map(\.amount), amount.currency)
        } catch {
            throw .invalidRequest(
                code: "receipts", message: "The receipts do not add up in \(amount.currency).")
        }
    }
}

/// One arrival of money: a transaction on a chain, a line of a bank's statement, notes in a hand.
public struct Receipt: Hashable, Sendable, Codable {
    /// Unique at its instance for all time, so that no arrival counts for two payments.
    public var id: String
    /// Positive, in the payment's currency.
    public var amount: Money
    public var at: Instant
    /// Whether it can no longer vanish.
    public var isFinal: Bool
    /// The order whose share it pays, where each share is paid by itself (`severalSellers`); nil
    /// where it counts for the payment as a whole.
    public var orderID: String?

    public init(
        id: String, amount: Money, at: Instant, isFinal: Bool = true, orderID: String? = nil
    ) {
        self.id = id
        self.amount = amount
        self.at = at
        self.isFinal = isFinal
        self.orderID = orderID
    }
}
