/// A card that makes the bank behave in one particular way.
enum CardToken: String, CaseIterable, Codable, Sendable {
    case visa = "tok_visa"
    case declined = "tok_declined"
    case insufficient = "tok_insufficient"
    case expired = "tok_expired"
    case secure = "tok_3ds"
    case delayed = "tok_delayed"
    case delayedDecline = "tok_delayed_decline"
    case timeoutAfterActing = "tok_timeout_after_acting"
    case timeoutBeforeActing = "tok_timeout_before_acting"
    case serverError = "tok_server_error"
    case rateLimited = "tok_rate_limited"
    case refundFails = "tok_refund_fails"

    var effect: String {
        switch self {
        case .visa: "Works at once."
        case .declined: "Declined: card_declined."
        case .insufficient: "Declined: insufficient_funds."
        case .expired: "Declined: expired_card."
        case .secure: "The customer is sent to a page of the bank to approve or decline."
        case .delayed: "Stays processing; works some seconds later, told by webhook only."
        case .delayedDecline: "Stays processing; is declined some seconds later."
        case .timeoutAfterActing: "Works, but no answer is ever given."
        case .timeoutBeforeActing: "Nothing happens, and no answer is ever given."
        case .serverError: "Nothing happens; the answer is 500."
        case .rateLimited: "Nothing happens; the answer is 429 with Retry-After."
        case .refundFails: "Works at once; every refund of it fails."
        }
    }

    /// Why it is declined at once; nil for cards that are not.
    var decline: (code: String, message: String)? {
        switch self {
        case .declined: ("card_declined", "The card was declined.")
        case .insufficient: ("insufficient_funds", "The card does not have the funds.")
        case .expired: ("expired_card", "The card has expired.")
        default: nil
        }
    }
}
