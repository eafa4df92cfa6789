import Vocabulary

/// Why a purchase was not placed or not paid.
public enum PaymentRefusal: Refusal, Hashable {
    /// The total is not what the customer saw.
    case totalChanged(now: Money)
    case nothingToPay
    case wayUnavailable
    case methodUnknown
    /// The provider said no; the sentence is the provider's.
    case declined(code: String, sentence: String)
    case providerUnavailable
    /// A provider that pays the seller itself pays one.
    case oneMakerOnly
    case alreadyPaid, paymentUnderWay, purchaseOver
    /// A shop that would be paid is suspended or closed.
    case sellerAway(shop: String)
    case signatureInvalid, webhookTooLarge, instanceMissing

    public var code: String {
        switch self {
        case .totalChanged: "payment.total-changed"
        case .nothingToPay: "payment.nothing-to-pay"
        case .wayUnavailable: "payment.way-unavailable"
        case .methodUnknown: "payment.method-unknown"
        case .declined: "payment.declined"
        case .providerUnavailable: "payment.provider-unavailable"
        case .oneMakerOnly: "payment.one-maker-only"
        case .alreadyPaid: "payment.already-paid"
        case .paymentUnderWay: "payment.under-way"
        case .purchaseOver: "payment.purchase-over"
        case .sellerAway: "payment.seller-away"
        case .signatureInvalid: "webhook.signature-invalid"
        case .webhookTooLarge: "webhook.too-large"
        case .instanceMissing: "webhook.instance-missing"
        }
    }

    public var reason: RefusalReason {
        switch self {
        case .totalChanged, .wayUnavailable, .oneMakerOnly, .alreadyPaid, .paymentUnderWay,
            .purchaseOver, .sellerAway:
            .conflict
        case .nothingToPay, .methodUnknown: .invalid
        case .declined: .unpaid
        case .providerUnavailable: .unavailable
        case .signatureInvalid: .unauthenticated
        case .webhookTooLarge: .tooLarge
        case .instanceMissing: .missing
        }
    }

    public var explanation: String {
        switch self {
        case .totalChanged(let now): "The total is now \(now). Look at it and confirm again."
        case .nothingToPay: "This costs nothing, and only what costs something can be ordered."
        case .wayUnavailable: "This way to pay is not offered at the moment. Choose another one."
        case .methodUnknown: "Choose one of the ways to pay that are offered."
        case .declined(_, let sentence): sentence
        case .providerUnavailable:
            "This way to pay does not answer at the moment. Nothing was charged; try another one."
        case .oneMakerOnly:
            "This way pays the maker directly, so it is for things of one maker at a time."
        case .alreadyPaid: "This has been paid already."
        case .paymentUnderWay:
            "A payment is under way. Wait until its result is known before you pay another way."
        case .purchaseOver: "The time to pay this is over. Nothing was charged; start again."
        case .sellerAway(let shop):
            "Nothing of \(shop) can be bought at present. End this purchase and buy the rest again."
        case .signatureInvalid: "The signature is not valid."
        case .webhookTooLarge: "The message is too large."
        case .instanceMissing: "There is no such provider."
        }
    }

    public var field: String? {
        switch self {
        case .totalChanged: "expectedTotal"
        case .wayUnavailable, .oneMakerOnly: "instanceId"
        case .methodUnknown: "method"
        default: nil
        }
    }
}
