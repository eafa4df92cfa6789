import Postgres
import Vocabulary

/// Every statement on ratings of sellers but the first one.
struct RatingStore {
    let db: any Queryable

    private static let columns: SQL = """
        r.id, r.author, r.stars, r.body, r.state = 'hidden', r.created_at, r.reply, s.id, s.name
        """

    /// Newest first.
    func list(
        of seller: ID<Seller>, hiddenToo: Bool, _ page: PageRequest
    ) async throws -> Page<SellerRating> {
        // Written out, so that what the shop shows has its own index.
        let shown: SQL = hiddenToo ? "true" : "r.state = 'published'"
        let found = try await list(page, "r.seller_id = \(seller) and \(shown)")
        return Page(items: found.items.map(\.rating), next: found.next)
    }

    /// What is shown of a maker.
    /// - Throws: ``InputRefusal`` for a cursor that no page in this order gave out.
    func list(
        of seller: ID<Seller>, by order: RatingOrder, _ page: PageRequest
    ) async throws -> Page<SellerRating> {
        if order == .newest { return try await list(of: seller, hiddenToo: false, page) }
        let rows = try await db.query(
            try Self.byStars(of: seller, bestFirst: order == .highest, page)
        ).decode(Self.rating)
        return Page(rows.map(\.rating), limit: page.limit) {
            StarsCursor(stars: $0.stars, id: $0.id).description
        }
    }

    /// The statement that reads a page of them by stars, and whether there is another.
    /// - Throws: ``InputRefusal`` for a cursor that no page in this order gave out.
    static func byStars(
        of seller: ID<Seller>, bestFirst: Bool, _ page: PageRequest
    ) throws(InputRefusal) -> SQL {
        let rest = try StarsCursor<SellerRating>(page.after)?.rest(bestFirst: bestFirst) ?? ""
        return """
            select \(columns)
            from seller_rating r join seller s on s.id = r.seller_id
            where r.seller_id = \(seller) and r.state = 'published' \(rest)
            order by \(StarsCursor<SellerRating>.sorting(bestFirst: bestFirst))
            limit \(page.limit + 1)::int
            """
    }

    /// All there are, newest first.
    func list(_ page: PageRequest) async throws -> Page<ShopRating> {
        try await list(page, "true")
    }

    private func list(_ page: PageRequest, _ condition: SQL) async throws -> Page<ShopRating> {
        let rows = try await db.query(
            """
            select \(Self.columns)
            from seller_rating r join seller s on s.id = r.seller_id
            where \(condition) and (\(page.afterID)::uuid is null or r.id < \(page.afterID)::uuid)
            order by r.id desc
            limit \(page.limit + 1)::int
            """
        ).decode(Self.rating)
        return Page(rows, limit: page.limit) { $0.rating.id.description }
    }

    func lock(_ id: ID<SellerRating>) async throws -> ShopRating? {
        try await db.query(
            """
            select \(Self.columns)
            from seller_rating r join seller s on s.id = r.seller_id
            where r.id = \(id) for update of r
            """
        ).decode(Self.rating).first
    }

    func saveReply(_ id: ID<SellerRating>, _ reply: String?) async throws {
        try await db.execute(
            """
            update seller_rating set reply = \(reply)::text,
                replied_at = case when \(reply)::text is null then null else market_now() end
            where id = \(id)
            """)
    }

    func saveHidden(_ id: ID<SellerRating>, _ isHidden: Bool) async throws {
        try await db.execute(
            """
            update seller_rating
            set state = case when \(isHidden) then 'hidden' else 'published' end
            where id = \(id)
            """)
    }

    private static func rating(_ c: inout Columns) throws -> ShopRating {
        ShopRating(
            rating: SellerRating(
                id: try c.next(), author: try c.next(), stars: try c.next(),
                body: try c.next(), isHidden: try c.next(), createdAt: try c.next(),
                reply: try c.next()),
            seller: try c.next(), sellerName: try c.next())
    }
}

extension Queryable {
    var ratings: RatingStore { RatingStore(db: self) }
}
