import Vocabulary

/// What an operator may set about the market itself.
public struct KernelSettings: Sendable {
    /// Where uploaded files are stored, by content hash.
    public var mediaFolder: String
    /// How long a checkout holds its stock and prices.
    public var checkoutLifetime: Duration = .seconds(30 * 60)
    /// Whether the market's clock may be moved and test modules may take payments.
    public var isDemo = false
    /// Where customers reach the shop, for return addresses and webhooks: no trailing slash.
    public var storefrontURL = "http://127.0.0.1:8080"
    /// Threads that hash passwords; each holds 32 MiB while it works.
    public var passwordThreads = 1

    public init(mediaFolder: String) { self.mediaFolder = mediaFolder }
}
