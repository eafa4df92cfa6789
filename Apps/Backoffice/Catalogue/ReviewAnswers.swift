import Kernel
import Vocabulary

struct ReviewAnswer: Codable {
    let id: ID<Review>
    let listing: ID<Listing>
    let listingTitle: String
    let author: String
    let stars: Int
    let body: String
    let reply: String?
    let isHidden: Bool
    let createdAt: Instant

    init(_ review: Review) {
        id = review.id
        listing = review.listing
        listingTitle = review.listingTitle
        author = review.author
        stars = review.stars
        body = review.body
        reply = review.reply
        isHidden = review.isHidden
        createdAt = review.createdAt
    }
}

struct HiddenAnswer: Codable {
    let id: ID<Review>
    let isHidden: Bool
}
