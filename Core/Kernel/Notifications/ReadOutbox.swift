public import Vocabulary

/// An event as it stands in the outbox, without what it says: that is the business of whom it
/// tells.
public struct OutboxEntry: Sendable {
    public let id: Int64
    /// Such as `order.shipped`.
    public let topic: String
    public let aggregateKind: String
    public let aggregateID: String
    public let at: Instant
    /// Whether every reader has passed it, so that whoever it tells was told.
    public let isRead: Bool
}

/// How far a reader of the outbox is, and what hangs behind it.
public struct OutboxReader: Sendable {
    public let name: String
    /// Of when the last event is that it read; nil before the first.
    public let readUntil: Instant?
    /// How many events wait for it; counting stops at ``waitingMax``.
    public let waiting: Int
    /// Since when the oldest of them waits.
    public let waitingSince: Instant?

    /// More than so many are not counted.
    public static let waitingMax = 1_000
}

extension Marketplace {
    /// Events of the outbox, newest first, those of a year ago left out that are swept.
    public func outboxEvents(_ page: PageRequest) async throws -> Page<OutboxEntry> {
        try await database.outbox.list(page)
    }

    /// What some reader has not passed yet, in the order in which it will be read.
    public func waitingOutboxEvents(_ page: PageRequest) async throws -> Page<OutboxEntry> {
        try await database.outbox.listWaiting(page)
    }

    /// Every reader of the outbox.
    public func outboxReaders() async throws -> [OutboxReader] {
        try await database.outbox.readers()
    }
}
