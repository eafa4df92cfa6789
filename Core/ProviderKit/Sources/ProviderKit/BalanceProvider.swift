public import Vocabulary

/// A payment provider that shows its own books of our account, so that they can be compared with
/// ours line by line. It is the only way to find a charge of which we never heard.
public protocol BalanceProvider: PaymentProvider {
    /// What changed our balance from `from` up to before `until` by the provider's clock, oldest
    /// first; the page after `cursor`, or the first. Asked for again, it is the same.
    func balance(
        from: Instant, until: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> BalancePage
}

/// One line of our account at a provider.
public struct BalanceEntry: Hashable, Sendable, Codable {
    public enum Kind: String, Hashable, Sendable, Codable, CaseIterable {
        /// A customer's money, captured.
        case charge
        /// Given back to a customer.
        case refund
        /// Paid out to a seller, or come back from there.
        case payout
        /// What the provider keeps for itself, where it is a line of its own.
        case fee
        /// Anything else.
        case adjustment
    }

    /// The provider's own id of the line.
    public var id: String
    public var kind: Kind
    /// The provider's id of the payment, refund or payout.
    public var reference: String
    /// What moved, positive into our account: a refund is below zero.
    public var gross: Money
    /// What the provider kept of it, positive; `net = gross - fee`.
    public var fee: Money
    public var net: Money
    public var at: Instant

    public init(
        id: String, kind: Kind, reference: String, gross: Money, fee: Money, net: Money,
        at: Instant
    ) {
        self.id = id
        self.kind = kind
        self.reference = reference
        self.gross = gross
        self.fee = fee
        self.net = net
        self.at = at
    }
}

public struct BalancePage: Hashable, Sendable, Codable {
    public var entries: [BalanceEntry]
    /// Give it as `cursor` for the next page; nil at the end.
    public var next: String?

    public init(entries: [BalanceEntry], next: String? = nil) {
        self.entries = entries
        self.next = next
    }
}
