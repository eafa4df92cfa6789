import Vocabulary

extension Marketplace {
    /// A person's notices in one of the two rooms, newest first.
    public func notifications(
        of account: ID<Account>, as audience: Notification.Audience, _ page: PageRequest
    ) async throws -> Page<Notification> {
        try await database.notifications.list(of: account, audience, page)
    }

    /// Marks a person's notices up to `id` as read; repeating it changes nothing.
    public func markNotificationsRead(of account: ID<Account>, upTo id: Int64) async throws {
        try await database.notifications.markRead(account, upTo: id)
    }
}
