public import Vocabulary

/// A payment provider that can be asked for disputes. Those whose webhook was lost are found so;
/// a provider without this is believed to lose none.
public protocol DisputeProvider: PaymentProvider {
    /// Disputes about payments of ours that were opened from `since` on by the provider's clock, as
    /// they are now, in any order: the page after `cursor`, or the first. One that the module can
    /// make nothing of, such as in a state that it does not know, is named among the `unreadable`,
    /// so that the others are heard of.
    /// - Throws: `invalidRequest` for a cursor that is not its own.
    func disputes(
        since: Instant, after cursor: String?, _ context: OperationContext
    ) async throws(ProviderError) -> DisputePage

    /// One dispute as it is now; nil when it is unknown there, or about no payment of ours.
    /// - Parameter reference: the provider's id of it.
    /// - Throws: `invalidRequest` with the code ``UnreadableDispute/code`` for one that the module
    ///   can make nothing of.
    func lookupDispute(
        _ reference: String, _ context: OperationContext
    ) async throws(ProviderError) -> DisputeSnapshot?
}

public struct DisputePage: Hashable, Sendable, Codable {
    /// At most 100, with those that are unreadable.
    public var disputes: [DisputeSnapshot]
    /// What the module can make nothing of: a person looks at it, and it is asked for again.
    public var unreadable: [UnreadableDispute]
    /// Give it as `cursor` for the next page; nil at the end.
    public var next: String?

    public init(
        disputes: [DisputeSnapshot], unreadable: [UnreadableDispute] = [], next: String? = nil
    ) {
        self.disputes = disputes
        self.unreadable = unreadable
        self.next = next
    }

    /// A program of contract 4 names none that are unreadable.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        disputes = try values.decode([DisputeSnapshot].self, forKey: .disputes)
        unreadable =
            try values.decodeIfPresent([UnreadableDispute].self, forKey: .unreadable) ?? []
        next = try values.decodeIfPresent(String.self, forKey: .next)
    }
}

/// A dispute about a payment of ours that cannot be told as a ``DisputeSnapshot``.
public struct UnreadableDispute: Hashable, Sendable, Codable {
    /// The code of the `invalidRequest` that looking one up ends with.
    public static let code = "dispute_unreadable"

    /// The provider's id.
    public var reference: String
    /// A sentence for the administrator.
    public var problem: String

    public init(reference: String, problem: String) {
        self.reference = reference
        self.problem = problem
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
