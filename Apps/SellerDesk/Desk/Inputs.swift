import Kernel
import Vocabulary
import Web

struct ListingPath: Described { let listing: ID<Listing> }
struct ImagePath: Described {
    let listing: ID<Listing>
    let image: ID<ListingImage>
}
struct ShippingProfilePath: Described { let profile: ID<ShippingProfile> }
struct ReviewPath: Described { let review: ID<Review> }
struct RatingPath: Described { let rating: ID<SellerRating> }
struct DocumentPath: Described { let document: ID<SellerDocument> }
struct AccountPath: Described { let account: ID<Account> }

/// Of the shop's listings, those in one state.
struct ListingsQuery: Described {
    let state: Listing.State?
    /// A part of the title, or how a SKU begins.
    let text: String?
    let after: String?
    let limit: Int?
    static let rules: [String: [Rule]] = ListQuery.rules.merging(["text": [.length(0...80)]]) {
        $1
    }

    var list: ListQuery { ListQuery(after: after, limit: limit) }
}

/// Somebody who is to join the team.
struct NewMember: Described {
    let email: String
    let role: SellerRole
    static let rules: [String: [Rule]] = ["email": [.length(3...254)]]
}

struct RoleInput: Described { let role: SellerRole }

struct ReplyInput: Described {
    let reply: String
    static let rules: [String: [Rule]] = ["reply": [.length(1...4000)]]
}
