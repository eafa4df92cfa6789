import Vocabulary

/// What somebody without an account wishes for; it is kept where guests' carts are.
public struct GuestWish: Hashable, Sendable {
    public let listing: ID<Listing>
    public let at: Instant

    public init(listing: ID<Listing>, at: Instant) {
        self.listing = listing
        self.at = at
    }
}

extension Marketplace {
    /// - Throws: ``ListingRefusal/unknown`` for what is not for sale.
    public func checkWish(for listing: ID<Listing>) async throws {
        guard try await database.wishes.isForSale(listing) else { throw ListingRefusal.unknown }
    }

    /// A guest's wishes with what they are for, in the order in which they are given; what is not
    /// there any more is left out.
    public func wishes(of guest: [GuestWish]) async throws -> [Wish] {
        guard !guest.isEmpty else { return [] }
        let titles = try await database.wishes.titles(of: guest.map(\.listing))
        let cards = try await cards(of: guest.map(\.listing))
        let byID = Dictionary(cards.map { ($0.id, $0) }) { first, _ in first }
        return guest.compactMap { wish in
            titles[wish.listing].map { title in
                Wish(listing: wish.listing, title: title, at: wish.at, card: byID[wish.listing])
            }
        }
    }

    /// Puts what a guest wished for on the list of the account with which they signed in: of what
    /// both have the account's stays, and of what is too much the oldest is left out.
    public func adoptWishes(_ wishes: [GuestWish], by account: ID<Account>) async throws {
        guard !wishes.isEmpty else { return }
        try await database.wishes.adopt(wishes, by: account)
    }
}
