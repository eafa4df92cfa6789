import Postgres
import Vocabulary

extension Marketplace {
    /// What has to be settled before this account can be erased; empty when nothing has.
    public func erasureObstacles(of account: ID<Account>) async throws -> [ErasureRefusal] {
        try await database.erasures.obstacles(of: account)
    }

    /// Erases a person (GDPR, article 17): the account closes for good, and what is theirs alone is
    /// deleted. Purchases, payments and the ledger stay for the books, as the law asks, with no
    /// more of the person than country and region; stars stay without words and name.
    /// Files of photos are taken away by a worker, within moments. Sessions and the cart are the
    /// caller's to end.
    /// - Throws: ``AccountRefusal/passwordWrong``, ``SecondFactorRefusal``, ``ErasureRefusal``.
    public func eraseAccount(
        _ account: ID<Account>, password: String, code: String? = nil
    ) async throws {
        try await requirePassword(password, of: account)
        try await checkSecondFactor(of: account, code: code)
        try await database.transaction { tx in
            guard try await tx.erasures.lock(account) else {
                throw AccountRefusal.unknown
            }
            if let obstacle = try await tx.erasures.obstacles(of: account).first {
                throw obstacle
            }
            try await tx.reviewPhotos.erase(of: account)
            try await queueForgetting(try await tx.media.erase(of: account), in: tx)
            try await tx.erasures.erase(account)
            try await tx.audit.record(
                "account.erased", on: "account", account.description, by: account, as: .customer)
        }
    }
}
