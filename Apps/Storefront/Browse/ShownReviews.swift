import Kernel
import Vocabulary

extension Marketplace {
    /// The newest reviews of a thing, as its page shows them.
    func reviewCards(of listing: ID<Listing>) async throws -> [ReviewCard] { [] }

    /// The newest ratings of a maker, as its page shows them.
    func ratingCards(of seller: ID<Seller>) async throws -> [ReviewCard] { [] }
}
