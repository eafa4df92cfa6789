import Postgres
import ProviderKit
import Vocabulary

/// A personal access token for programs, without the secret.
public struct AccessToken: Hashable, Sendable, Codable {
    /// Which app's API it opens.
    public enum Audience: String, SQLText, Sendable, CaseIterable, Codable {
        case customer, seller, admin
    }

    public let id: ID<AccessToken>
    public let audience: Audience
    public let name: String
    public let createdAt: Instant
    public let expiresAt: Instant?
    public let revokedAt: Instant?
    /// Of the seller app; nil for all that its person may do there.
    public let scopes: [TokenScope]?
    /// To within five minutes; nil before the first time.
    public let lastUsedAt: Instant?

    /// Whether it opens something.
    public func isLive(at now: Instant) -> Bool {
        revokedAt == nil && (expiresAt.map { $0 > now } ?? true)
    }

    /// How long one lasts for which nobody says it: 90 days.
    public static let lifetime = Duration.seconds(90 * 86_400)
    /// How long one lasts at most: a year.
    public static let lifetimeMax = Duration.seconds(366 * 86_400)
    /// How exactly it is known when one was last used.
    static let usePrecision = Duration.seconds(300)

    /// How many live tokens one account may have.
    static let liveMax = 50

    /// `gh_seller_` and 256 random bits: recognisable where it should not be, never guessable.
    static func newSecret(for audience: Audience) -> String {
        "gh_\(audience.rawValue)_" + base64(randomBytes(32), urlSafe: true)
    }

    /// What is stored of a secret. It is random, so a plain hash is enough.
    static func hash(of secret: String) -> Bytes { Bytes(sha256(Array(secret.utf8))) }
}
