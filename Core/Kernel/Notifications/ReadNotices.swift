import Vocabulary

extension Marketplace {
    /// A person's notices in one of the two rooms, newest first.
    public func notices(
        of account: ID<Account>, as audience: Notice.Audience, _ page: PageRequest
    ) async throws -> Page<Notice> {
        try await database.notices.list(of: account, audience, page)
    }

    /// Marks a person's notices up to `id` as read; repeating it changes nothing.
    public func markNoticesRead(of account: ID<Account>, upTo id: Int64) async throws {
        try await database.notices.markRead(account, upTo: id)
    }
}
