import Kernel
import Vocabulary
import Web

/// The wish list of whoever asks: of an account in the market's books, of a guest with their
/// browser until they sign in.
struct WishList {
    private let visitor: Visitor
    private let request: WebRequest
    private var marketplace: Marketplace { request.marketplace }

    init(_ visitor: Visitor, _ request: WebRequest) {
        self.visitor = visitor
        self.request = request
    }

    /// The newest first. A guest's has one page.
    func page(_ asked: PageRequest) async throws -> Page<Wish> {
        if let account = visitor.account {
            return try await marketplace.wishes(of: account.id, asked)
        }
        guard request.hasBrowser else { return Page(items: [], next: nil) }
        let kept = try await request.site.guestWishes.list(of: visitor.browser)
        return Page(items: try await marketplace.wishes(of: kept), next: nil)
    }

    func has(_ listing: ID<Listing>) async throws -> Bool {
        if let account = visitor.account {
            return try await marketplace.isWished(listing, by: account.id)
        }
        // A browser that has just come has nothing, which nobody asks Redis about.
        guard request.hasBrowser else { return false }
        return await request.site.guestWishes.has(listing, of: visitor.browser)
    }

    func add(_ listing: ID<Listing>) async throws {
        if let account = visitor.account {
            return try await marketplace.wish(for: listing, by: account.id)
        }
        try await marketplace.checkWish(for: listing)
        try await request.site.guestWishes.add(
            listing, of: visitor.browser, at: try await marketplace.marketNow())
        visitor.remember(in: request)
    }

    func drop(_ listing: ID<Listing>) async throws {
        if let account = visitor.account {
            return try await marketplace.dropWish(for: listing, by: account.id)
        }
        try await request.site.guestWishes.drop(listing, of: visitor.browser)
    }

    /// What a guest wished for goes on when the guest signs in, perhaps in two tabs at once while a
    /// third one puts something there: only what has a place in the books is forgotten, and what
    /// came meanwhile is taken along.
    static func merge(
        of browser: String, into account: ID<Account>, _ request: WebRequest
    ) async throws {
        for _ in 0..<looksMax {
            let kept = try await request.site.guestWishes.list(of: browser)
            guard !kept.isEmpty else { return }
            try await request.marketplace.adoptWishes(kept, by: account)
            try await request.site.guestWishes.forget(kept, of: browser)
        }
    }

    /// A script that goes on wishing keeps nobody from signing in.
    private static let looksMax = 3
}
