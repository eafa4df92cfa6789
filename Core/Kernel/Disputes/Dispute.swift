import ProviderKit
import Postgres
import Vocabulary

/// A customer asked their bank for the money of a payment back, as the provider last said.
public struct Dispute: Hashable, Sendable {
    public enum Status: String, SQLText, Sendable, CaseIterable {
        /// The bank only asks; no money was taken yet.
        case inquiry
        case needsResponse = "needs_response"
        case underReview = "under_review"
        case won, lost, closed

        public var isOver: Bool { self == .won || self == .lost || self == .closed }

        init(_ status: DisputeStatus) {
            switch status {
            case .inquiry: self = .inquiry
            case .needsResponse: self = .needsResponse
            case .underReview: self = .underReview
            case .won: self = .won
            case .lost: self = .lost
            case .closed: self = .closed
            }
        }
    }

    public let id: ID<Dispute>
    public let payment: ID<Payment>
    public let instance: ID<ProviderInstance>
    /// The provider's id.
    public let reference: String
    public let status: Status
    /// What the customer wants back.
    public let amount: Money
    /// What the provider took and did not give back, without its fee.
    public let withdrawn: Money
    public let fee: Money
    /// The provider's word: `fraudulent`, `product_not_received`.
    public let reason: String
    /// Until when the platform may answer.
    public let respondBy: Instant?
    let version: Int64
    public let openedAt: Instant

    /// What was taken and is not decided yet, in minor units.
    var undecided: Int64 { status == .lost ? 0 : withdrawn.amount }
    /// What is lost for good, in minor units.
    var lost: Int64 { status == .lost ? withdrawn.amount : 0 }

    init(
        id: ID<Dispute>, payment: ID<Payment>, instance: ID<ProviderInstance>, reference: String,
        status: Status, amount: Money, withdrawn: Money, fee: Money, reason: String,
        respondBy: Instant?, version: Int64, openedAt: Instant
    ) {
        self.id = id
        self.payment = payment
        self.instance = instance
        self.reference = reference
        self.status = status
        self.amount = amount
        self.withdrawn = withdrawn
        self.fee = fee
        self.reason = reason
        self.respondBy = respondBy
        self.version = version
        self.openedAt = openedAt
    }

    /// As a snapshot says.
    init(
        _ snapshot: DisputeSnapshot, id: ID<Dispute>, payment: ID<Payment>,
        instance: ID<ProviderInstance>, openedAt: Instant
    ) {
        self.init(
            id: id, payment: payment, instance: instance, reference: snapshot.reference,
            status: Status(snapshot.status), amount: snapshot.amount,
            withdrawn: snapshot.withdrawn, fee: snapshot.fee, reason: snapshot.reason,
            respondBy: snapshot.respondBy, version: snapshot.version, openedAt: openedAt)
    }
}

/// A dispute with the purchase that it is about.
public struct ListedDispute: Hashable, Sendable {
    public let dispute: Dispute
    public let purchase: ID<Purchase>
    public let purchaseNumber: String
    /// One of the seller's orders in it, in a seller's list.
    public let order: ID<Order>?
    public let orderNumber: String?
    /// What the shop gave back because it was lost; all shops together for an administrator.
    public let charged: Money
}

extension Posting {
    /// What changed between two states of a dispute. What was taken is undecided until it is lost
    /// or comes back; the fee is a cost at once.
    /// - Parameter before: nil for a dispute that is new.
    /// - Returns: an empty posting when no money moved.
    static func dispute(from before: Dispute?, to after: Dispute) throws(LedgerError) -> Posting {
        guard before.map({ $0.withdrawn.currency == after.withdrawn.currency }) ?? true,
            after.fee.currency == after.withdrawn.currency
        else { throw .currencyMismatch }
        // Each amount is below 10^15, so their differences and sums fit.
        let undecided = after.undecided - (before?.undecided ?? 0)
        let lost = after.lost - (before?.lost ?? 0)
        let fee = after.fee.amount - (before?.fee.amount ?? 0)
        return try Posting(
            key: "dispute:\(after.id):\(after.version)", kind: .dispute,
            currency: after.withdrawn.currency,
            entries: [
                LedgerEntry(.providerClearing(after.instance), undecided + lost + fee),
                LedgerEntry(.disputed, -undecided), LedgerEntry(.disputeLosses, -lost),
                LedgerEntry(.providerFees, -fee),
            ])
    }
}
