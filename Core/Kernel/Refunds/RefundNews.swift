import ProviderKit

/// What a provider's word means for a refund. Pure: the same word for the same refund always means
/// the same, whoever brings it and however often.
enum RefundNews: Hashable, Sendable {
    /// Older than what is known, or nothing new.
    case nothing
    case pending, succeeds, fails
    /// It had succeeded, and the money came back.
    case returned
    /// It had failed and its amount was free again; a person has to look.
    case contradicts

    static func read(
        _ snapshot: RefundSnapshot, for state: Refund.State, version: Int64
    ) -> RefundNews {
        switch (state, snapshot.status) {
        case (.pending, .pending), (.unknown, .pending): .pending
        case (.pending, .succeeded), (.unknown, .succeeded): .succeeds
        case (.pending, .failed), (.unknown, .failed): .fails
        case (.succeeded, .failed) where snapshot.version > version: .returned
        case (.failed, .succeeded) where snapshot.version > version: .contradicts
        default: .nothing
        }
    }
}
