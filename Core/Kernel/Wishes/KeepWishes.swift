import Vocabulary

extension Marketplace {
    /// Puts a thing on the wish list; one that is there already stays where it is.
    /// - Throws: ``ListingRefusal/unknown`` for what is not for sale, ``WishRefusal/tooMany``.
    public func wish(for listing: ID<Listing>, by account: ID<Account>) async throws {
        guard try await database.wishes.isForSale(listing) else { throw ListingRefusal.unknown }
        let now = try await marketNow()
        guard try await database.wishes.insert(listing, of: account, at: now) else {
            throw WishRefusal.tooMany
        }
    }

    /// Takes it off the list; what is not there stays away.
    public func dropWish(for listing: ID<Listing>, by account: ID<Account>) async throws {
        try await database.wishes.delete(listing, of: account)
    }

    /// What somebody wishes for, the newest first.
    /// - Throws: ``InputRefusal`` for a cursor that no page gave out.
    public func wishes(of account: ID<Account>, _ page: PageRequest) async throws -> Page<Wish> {
        let after = try WishCursor(page.after)
        let rows = try await database.wishes.list(of: account, after: after, limit: page.limit + 1)
        let cards = try await cards(of: rows.map(\.listing))
        let byID = Dictionary(cards.map { ($0.id, $0) }) { first, _ in first }
        let wishes = rows.map {
            Wish(listing: $0.listing, title: $0.title, at: $0.at, card: byID[$0.listing])
        }
        return Page(wishes, limit: page.limit) { WishCursor($0).description }
    }

    /// Whether a thing is on somebody's list.
    public func isWished(_ listing: ID<Listing>, by account: ID<Account>) async throws -> Bool {
        try await database.wishes.has(listing, of: account)
    }
}

/// Where the next page of wishes starts: `microseconds:id`.
struct WishCursor: CustomStringConvertible {
    let at: Instant
    let listing: ID<Listing>

    init(_ wish: Wish) {
        at = wish.at
        listing = wish.listing
    }

    /// Nil when there is no cursor.
    /// - Throws: ``InputRefusal`` for text that no page gave out.
    init?(_ text: String?) throws(InputRefusal) {
        guard let text else { return nil }
        let parts = text.split(separator: ":")
        guard parts.count == 2, let micros = Int64(parts[0]), let id = ID<Listing>(parts[1]) else {
            throw InputRefusal(.wrong("This is not a page of this list."), field: "after")
        }
        at = Instant(microsecondsSince1970: micros)
        listing = id
    }

    var description: String { "\(at.microsecondsSince1970):\(listing)" }
}
