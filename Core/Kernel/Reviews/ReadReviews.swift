import Vocabulary

extension Marketplace {
    /// What customers say of a thing that is for sale.
    /// - Throws: ``InputRefusal`` for a cursor that no page in this order gave out.
    public func reviews(
        of listing: ID<Listing>, by order: ReviewOrder = .newest,
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<Review> {
        try await database.reviews.list(of: listing, by: order, page)
    }

    /// What customers say of the shop's things, hidden ones too, newest first.
    public func reviews(
        as member: SellerMember, _ page: PageRequest = PageRequest()
    ) async throws -> Page<Review> {
        try member.require(.readReviews)
        return try await database.reviews.list(of: member.seller, page)
    }

    /// All reviews, newest first, for administrators.
    public func reviews(_ page: PageRequest = PageRequest()) async throws -> Page<Review> {
        try await database.reviews.list(page)
    }

    /// What customers say of the shop, hidden ratings too, newest first.
    public func ratings(
        as member: SellerMember, _ page: PageRequest = PageRequest()
    ) async throws -> Page<SellerRating> {
        try member.require(.readReviews)
        return try await database.ratings.list(of: member.seller, hiddenToo: true, page)
    }

    /// All ratings of sellers, newest first, for administrators.
    public func ratings(_ page: PageRequest = PageRequest()) async throws -> Page<ShopRating> {
        try await database.ratings.list(page)
    }

    /// What customers say of a seller.
    /// - Throws: ``InputRefusal`` for a cursor that no page in this order gave out.
    public func ratings(
        of seller: ID<Seller>, by order: RatingOrder = .newest,
        _ page: PageRequest = PageRequest()
    ) async throws -> Page<SellerRating> {
        try await database.ratings.list(of: seller, by: order, page)
    }

    /// Which lines of these orders have their review, and which orders their rating.
    public func reviewed(
        in orders: [ID<Order>]
    ) async throws -> (lines: Set<ID<OrderLine>>, orders: Set<ID<Order>>) {
        try await database.reviews.listDone(in: orders)
    }
}
