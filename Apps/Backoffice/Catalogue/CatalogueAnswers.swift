import Kernel
import Vocabulary

struct CategoryAnswer: Codable {
    let id: ID<Category>
    let parent: ID<Category>?
    let slug: String
    /// In English.
    let name: String
    /// Null where it has its English name.
    let nameDe: String?
    let nameFr: String?
    let position: Int
    let taxCode: String

    init(_ category: Category) {
        id = category.id
        parent = category.parent
        slug = category.slug
        name = category.name
        nameDe = category.names.de
        nameFr = category.names.fr
        position = category.position
        taxCode = category.taxCode
    }
}

struct CategoriesAnswer: Codable { let items: [CategoryAnswer] }

struct ListingAnswer: Codable {
    let id: ID<Listing>
    let title: String
    let seller: ID<Seller>
    let sellerName: String
    let state: String
    let isForSale: Bool
    let priceFrom: Money
    let createdAt: Instant
    let isPicked: Bool

    init(_ listing: ListingFound) {
        id = listing.id
        title = listing.title
        seller = listing.seller
        sellerName = listing.sellerName
        state = listing.state.rawValue
        isForSale = listing.isForSale
        priceFrom = listing.priceFrom
        createdAt = listing.createdAt
        isPicked = listing.isPicked
    }
}
