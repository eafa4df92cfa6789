public import Vocabulary

/// A payment provider that can be asked for disputes. Those whose webhook was lost are found so;
/// a provider without this is believed to lose none.
public protocol DisputeProvider: PaymentProvider {
    /// Disputes about payments of ours that were opened from `since` on by the provider's clock, as
    /// they are now, in any order: the page after `cursor`, or the first.
    /// - Throws: `ambiguous` for a state that the module does not know, `invalidRequest` for a
    ///   cursor that is not its own.
    func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage

    /// One dispute as it is now; nil when it is unknown there, or about no payment of ours.
    /// - Parameter reference: the provider's id of it.
    func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot?
}

public struct DisputePage: Hashable, Sendable, Codable {
    /// At most 100.
    public var disputes: [DisputeSnapshot]
    /// Give it as `cursor` for the next page; nil at the end.
    public var next: String?

    public init(disputes: [DisputeSnapshot], next: String? = nil) {
        self.disputes = disputes
        self.next = next
    }
}

/// How a dispute stands: a customer asked their bank for the money back.
public enum DisputeStatus: String, Hashable, Sendable, Codable, CaseIterable {
    /// The bank only asks; no money was taken yet.
    case inquiry
    /// The platform may answer until `respondBy`.
    case needsResponse
    /// The bank decides.
    case underReview
    case won
    case lost
    /// Ended without a decision, such as an inquiry that was let go.
    case closed

    public var isOver: Bool { self == .won || self == .lost || self == .closed }
}

/// A dispute as the provider sees it now, in totals: applying one twice changes nothing, and an
/// older `version` never overwrites a newer one.
public struct DisputeSnapshot: Hashable, Sendable, Codable {
    /// The provider's id.
    public var reference: String
    /// The provider's reference of the payment.
    public var paymentReference: String
    public var status: DisputeStatus
    /// What the customer wants back.
    public var amount: Money
    /// What the provider has taken from our balance for it and not given back, without its fee.
    public var withdrawn: Money
    /// What the provider charges for it, in total.
    public var fee: Money
    /// The provider's word: `fraudulent`, `product_not_received`.
    public var reason: String
    public var respondBy: Instant?
    /// Grows with every change of this dispute at the provider.
    public var version: Int64

    public init(
        reference: String, paymentReference: String, status: DisputeStatus, amount: Money,
        withdrawn: Money, fee: Money, reason: String, respondBy: Instant? = nil, version: Int64
    ) {
        self.reference = reference
        self.paymentReference = paymentReference
        self.status = status
        self.amount = amount
        self.withdrawn = withdrawn
        self.fee = fee
        self.reason = reason
        self.respondBy = respondBy
        self.version = version
    }
}
