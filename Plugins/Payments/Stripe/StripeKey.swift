import ProviderKit

/// An API key of Stripe's. One host serves real money and test objects, and the key tells them
/// apart; so a key must fit the mode of its instance, and a live one goes to Stripe only.
enum StripeKey {
    static let host = "api.stripe.com"
    static let url = "https://api.stripe.com"

    /// - Throws: `misconfigured` when key, address and mode do not go together.
    static func check(
        _ key: Secret, url: String, mode: InstanceMode
    ) throws(ProviderError) {
        let isLive = hasPrefix(key, "live")
        guard isLive || hasPrefix(key, "test") else {
            throw .misconfigured(
                message: "The API key must begin with sk_live_, rk_live_, sk_test_ or rk_test_.")
        }
        guard isLive == (mode == .live) else {
            throw .misconfigured(
                message: mode == .live
                    ? "Live payments need a live key, not a test key."
                    : "A live key must not be used for tests.")
        }
        guard let address = WebAddress(url) else {
            throw .misconfigured(message: "\(url) is not a web address.")
        }
        guard !isLive || address.host == host && address.isEncrypted && address.port == 443 else {
            throw .misconfigured(message: "A live key may only be sent to \(Self.url).")
        }
    }

    private static func hasPrefix(_ key: Secret, _ mode: String) -> Bool {
        let text = key.reveal()
        return ["sk", "rk"].contains { text.hasPrefix("\($0)_\(mode)_") }
    }
}
