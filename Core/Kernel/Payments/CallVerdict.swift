import ProviderKit

/// What becomes of something that was asked of a provider when the call went wrong. Pure.
enum CallVerdict: Hashable, Sendable {
    /// It cannot succeed: it is ended and told.
    case ends
    /// It is tried again later under the same key, in this state until then.
    case triesAgain(PaymentAttempt.State)
}

extension ProviderError {
    /// Whether nobody knows if it was done: there was no answer, or none that can be believed.
    var isAmbiguous: Bool {
        switch self {
        case .ambiguous, .signatureInvalid: true
        default: false
        }
    }

    var verdict: CallVerdict {
        switch self {
        case .declined, .invalidRequest, .unsupported: .ends
        case .misconfigured, .unavailable, .signatureInvalid: .triesAgain(.sent)
        case .ambiguous: .triesAgain(.unknown)
        }
    }

    /// As ``verdict`` of a call whose earlier try was not looked up as done, but may still be on
    /// its way: a no that may be our own, and not the provider's, does not end it.
    func verdict(mayHaveArrived: Bool) -> CallVerdict {
        switch self {
        case .invalidRequest, .unsupported: mayHaveArrived ? .triesAgain(.unknown) : .ends
        default: verdict
        }
    }
}
