import ProviderKit

extension ProviderError {
    private static let heldBackEnding =
        " has not been serving anybody; it is left alone for a while"

    /// What a call fails with that its circuit breaker does not let out.
    static func heldBack(_ moduleKey: String, for seconds: Int) -> ProviderError {
        .unavailable(message: moduleKey + heldBackEnding, retryAfterSeconds: seconds)
    }

    /// Whether nothing was sent, and the provider not asked at all, because it has not been
    /// serving anybody.
    public var isHeldBack: Bool {
        guard case .unavailable(let message, _) = self else { return false }
        return message.hasSuffix(Self.heldBackEnding)
    }
}
