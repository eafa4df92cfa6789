import Postgres
import ProviderKit
import Vocabulary

/// Who buys: someone who is signed in, someone who holds a random token, or both, as when a guest
/// signs in on the way. What belongs to either belongs to the buyer.
public struct Buyer: Hashable, Sendable {
    public let account: ID<Account>?
    /// SHA-256 of the guest's token; the token itself is never stored.
    let guestTokenHash: Bytes?

    /// What is written of the token with something new. Nothing when there is an account: whoever
    /// uses the browser next must not find what somebody else bought with it.
    var storedTokenHash: Bytes? { account == nil ? guestTokenHash : nil }

    public init(account: ID<Account>) {
        self.account = account
        guestTokenHash = nil
    }

    public init(guestToken: String) {
        account = nil
        guestTokenHash = Bytes(sha256(Array(guestToken.utf8)))
    }

    public init(account: ID<Account>, guestToken: String) {
        self.account = account
        guestTokenHash = Bytes(sha256(Array(guestToken.utf8)))
    }
}
