import ProviderKit

/// What becomes of something that was asked of a provider when the call went wrong. Pure.
enum CallVerdict: Hashable, Sendable {
    /// It cannot succeed: it is ended and told.
    case ends
    /// It is tried again later under the same key, in this state until then.
    case triesAgain(PaymentAttempt.State)
}

extension ProviderError {
    var verdict: CallVerdict {
        switch self {
        case .declined, .invalidRequest, .unsupported: .ends
        case .misconfigured, .unavailable, .signatureInvalid: .triesAgain(.sent)
        case .ambiguous: .triesAgain(.unknown)
        }
    }
}
