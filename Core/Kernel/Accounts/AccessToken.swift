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

    /// How many live tokens one account may have.
    static let liveMax = 50

    /// `gh_seller_` and 256 random bits: recognisable where it should not be, never guessable.
    static func newSecret(for audience: Audience) -> String {
        "gh_\(audience.rawValue)_" + base64(randomBytes(32), urlSafe: true)
    }

    /// What is stored of a secret. It is random, so a plain hash is enough.
    static func hash(of secret: String) -> Bytes { Bytes(sha256(Array(secret.utf8))) }
}
