/// One page of a list, and where the next one starts.
public struct Page<Item: Sendable>: Sendable {
    public let items: [Item]
    /// The key after which the next page starts; nil at the end. `Web` makes it opaque.
    public let next: String?

    public init(items: [Item], next: String?) {
        self.items = items
        self.next = next
    }

    /// Cuts `rows`, of which one more than `limit` was asked for, into a page.
    public init(_ rows: [Item], limit: Int, key: (Item) -> String) {
        items = Array(rows.prefix(limit))
        next = rows.count > limit ? items.last.map(key) : nil
    }

    public func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), next: next)
    }
}

/// Where a list starts and how much of it is asked for.
public struct PageRequest: Sendable {
    /// The most that any list answers with at once.
    public static let limitMax = 100

    public let after: String?
    public let limit: Int

    public init(after: String? = nil, limit: Int = 20) {
        self.after = after
        self.limit = min(max(limit, 1), Self.limitMax)
    }
}
