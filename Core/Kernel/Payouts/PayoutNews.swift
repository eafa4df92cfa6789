import ProviderKit

/// What a provider's word means for a payout. Pure: the same word for the same payout always means
/// the same, whoever brings it and however often.
enum PayoutNews: Hashable, Sendable {
    /// Older than what is known, or nothing new.
    case nothing
    /// The provider has it and is at it.
    case pending
    /// It ended so; `returned` when it had been paid.
    case ends(Payout.State)
    /// It was paid although it had failed, and its money is available again: a person has to book
    /// it.
    case contradicts
    /// It stays paid, and somebody took a part of it back at the provider: a person has to look.
    case partTakenBack

    static func read(
        _ snapshot: PayoutSnapshot, for state: Payout.State, version: Int64
    ) -> PayoutNews {
        switch (state, snapshot.status) {
        case (.held, _), (.sent, _), (.unknown, _):
            guard snapshot.version >= version else { return .nothing }
            switch snapshot.status {
            case .pending: return .pending
            case .succeeded: return .ends(.paid)
            case .failed: return .ends(.failed)
            }
        case (.paid, .failed) where snapshot.version > version: return .ends(.returned)
        case (.paid, .succeeded) where snapshot.version > version && snapshot.isTakenBackInPart:
            return .partTakenBack
        case (.failed, .succeeded): return .contradicts
        default: return .nothing
        }
    }
}

extension Payout.State {
    /// How a payout stands whose call ended like this: `failed` when it cannot succeed.
    static func after(_ error: ProviderError, wasAsked: Bool) -> Payout.State {
        switch error {
        case .declined: .failed
        // Such a no may be our own: it says nothing of what was asked before.
        case .invalidRequest, .unsupported: wasAsked ? .unknown : .failed
        // Nothing happened this time. What was asked before may still have.
        case .unavailable, .misconfigured: wasAsked ? .unknown : .held
        case .ambiguous, .signatureInvalid: .unknown
        }
    }
}
