import Postgres
import Vocabulary

/// What is to be reviewed: a line of a delivered order, or the order itself.
struct Reviewable: Sendable {
    let order: ID<Order>
    let seller: ID<Seller>
    let listing: ID<Listing>?
    let isDelivered: Bool
}

struct ReviewStore {
    let db: any Queryable

    /// The line, when `customer` bought it.
    func findLine(
        _ line: ID<OrderLine>, of customer: ID<Account>
    ) async throws -> Reviewable? {
        try await db.query(
            """
            select o.id, o.seller_id, l.listing_id, o.state = 'delivered'
            from order_line l
            join orders o on o.id = l.order_id
            join purchase p on p.id = o.purchase_id
            where l.id = \(line) and p.account_id = \(customer)
            """
        ).decode(Self.reviewable).first
    }

    /// The order, when `customer` bought it.
    func findOrder(_ order: ID<Order>, of customer: ID<Account>) async throws -> Reviewable? {
        try await db.query(
            """
            select o.id, o.seller_id, null::uuid, o.state = 'delivered'
            from orders o join purchase p on p.id = o.purchase_id
            where o.id = \(order) and p.account_id = \(customer)
            """
        ).decode(Self.reviewable).first
    }

    private static func reviewable(_ c: inout Columns) throws -> Reviewable {
        Reviewable(
            order: try c.next(), seller: try c.next(), listing: try c.next(),
            isDelivered: try c.next())
    }

    func insert(
        _ review: Review, line: ID<OrderLine>, seller: ID<Seller>, account: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into review (id, order_line_id, listing_id, seller_id, account_id, author,
                stars, body, created_at)
            values (\(review.id), \(line), \(review.listing), \(seller), \(account),
                \(review.author), \(review.stars), \(review.body), \(review.createdAt))
            """)
    }

    func insert(
        _ rating: SellerRating, order: ID<Order>, seller: ID<Seller>, account: ID<Account>
    ) async throws {
        try await db.execute(
            """
            insert into seller_rating (id, order_id, seller_id, account_id, author, stars, body,
                created_at)
            values (\(rating.id), \(order), \(seller), \(account), \(rating.author),
                \(rating.stars), \(rating.body), \(rating.createdAt))
            """)
    }

    /// Moves a listing's average by `count` ratings of `stars`.
    func addToListing(_ listing: ID<Listing>, stars: Int, count: Int) async throws {
        try await db.execute(
            """
            update listing set rating_sum = rating_sum + \(stars * count),
                rating_count = rating_count + \(count), version = version + 1
            where id = \(listing)
            """)
    }

    /// Moves a seller's average by `count` ratings of `stars`.
    func addToSeller(_ seller: ID<Seller>, stars: Int, count: Int) async throws {
        try await db.execute(
            """
            update seller set rating_sum = rating_sum + \(stars * count),
                rating_count = rating_count + \(count)
            where id = \(seller)
            """)
    }

    private static let columns: SQL = """
        r.id, r.listing_id, l.title, r.author, r.stars, r.body, \(ReviewPhotoStore.shown),
        r.reply, r.replied_at, r.state = 'hidden', r.created_at
        """

    /// What is shown of a listing.
    /// - Throws: ``InputRefusal`` for a cursor that no page in this order gave out.
    func list(
        of listing: ID<Listing>, by order: ReviewOrder, _ page: PageRequest
    ) async throws -> Page<Review> {
        let shown: SQL = "r.listing_id = \(listing) and r.state = 'published' and l.for_sale"
        switch order {
        case .newest: return try await list(page, shown)
        case .pictured: return try await list(page, "\(shown) and r.has_photos")
        case .highest, .lowest: break
        }
        let isBest = order == .highest
        let rest = try StarsCursor<Review>(page.after)?.rest(bestFirst: isBest) ?? ""
        let rows = try await db.query(
            """
            select \(Self.columns)
            from review r join listing l on l.id = r.listing_id
            where \(shown) \(rest)
            order by \(StarsCursor<Review>.sorting(bestFirst: isBest))
            limit \(page.limit + 1)::int
            """
        ).map(Review.init(row:))
        return Page(rows, limit: page.limit) {
            StarsCursor(stars: $0.stars, id: $0.id).description
        }
    }

    /// All of a seller, hidden ones too, newest first.
    func list(of seller: ID<Seller>, _ page: PageRequest) async throws -> Page<Review> {
        try await list(page, "r.seller_id = \(seller)")
    }

    /// All there are, newest first.
    func list(_ page: PageRequest) async throws -> Page<Review> { try await list(page, "true") }

    private func list(_ page: PageRequest, _ condition: SQL) async throws -> Page<Review> {
        let rows = try await db.query(
            """
            select \(Self.columns)
            from review r join listing l on l.id = r.listing_id
            where \(condition) and (\(page.afterID)::uuid is null or r.id < \(page.afterID)::uuid)
            order by r.id desc
            limit \(page.limit + 1)::int
            """
        ).map(Review.init(row:))
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func saveReply(
        _ id: ID<Review>, of seller: ID<Seller>, _ reply: String?
    ) async throws -> Bool {
        try await db.execute(
            """
            update review set reply = \(reply)::text,
                replied_at = case when \(reply)::text is null then null else now() end
            where id = \(id) and seller_id = \(seller)
            """) == 1
    }

    /// Hides or shows a review; nil when it is not in the other state.
    func saveHidden(
        _ id: ID<Review>, _ isHidden: Bool
    ) async throws -> (listing: ID<Listing>, stars: Int)? {
        try await db.query(
            """
            update review set state = case when \(isHidden) then 'hidden' else 'published' end
            where id = \(id) and (state = 'hidden') <> \(isHidden)
            returning listing_id, stars
            """
        ).first.map { row in
            var c = row.columns
            return (try c.next(), try c.next())
        }
    }

    func find(_ id: ID<Review>) async throws -> Review? {
        try await db.query(
            """
            select \(Self.columns)
            from review r join listing l on l.id = r.listing_id where r.id = \(id)
            """
        ).first.map(Review.init(row:))
    }

    /// Which lines of the orders have a review, and which orders a rating.
    func listDone(
        in orders: [ID<Order>]
    ) async throws -> (lines: Set<ID<OrderLine>>, orders: Set<ID<Order>>) {
        let answers = try await db.batch([
            """
            select r.order_line_id from order_line l join review r on r.order_line_id = l.id
            where l.order_id = any(\(orders)::uuid[])
            """,
            "select order_id from seller_rating where order_id = any(\(orders)::uuid[])",
        ])
        return (
            Set(try answers[0].decode { c in try c.next() }),
            Set(try answers[1].decode { c in try c.next() })
        )
    }
}

extension Queryable {
    var reviews: ReviewStore { ReviewStore(db: self) }
}

extension Review {
    fileprivate init(row: Row) throws {
        var c = row.columns
        self.init(
            id: try c.next(), listing: try c.next(), listingTitle: try c.next(),
            author: try c.next(), stars: try c.next(), body: try c.next(),
            photos: try c.next(JSON<[ShownImage]>.self).value, reply: try c.next(),
            repliedAt: try c.next(), isHidden: try c.next(), createdAt: try c.next())
    }
}
