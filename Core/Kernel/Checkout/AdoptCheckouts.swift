import Postgres
import Vocabulary

extension Marketplace {
    /// What a guest is about to pay for goes along into the account that the guest signs in with:
    /// from now on it opens for the account and no more for the browser. Twice does no more.
    public func adoptCheckouts(of guestToken: String, into account: ID<Account>) async throws {
        guard let hash = Buyer(guestToken: guestToken).storedTokenHash else { return }
        try await database.checkouts.give(to: account, from: hash)
    }
}
