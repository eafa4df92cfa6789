import Postgres
import Vocabulary

/// What the back office reads about listings; nothing here changes a row.
struct ModerationStore {
    let db: any Queryable

    private static let columns: SQL = """
        l.id, l.title, l.seller_id, s.name, l.state, l.for_sale, l.price_from, l.currency,
            l.created_at, exists (select from picked_listing p where p.listing_id = l.id)
        """

    func list(
        in state: Listing.State?, of seller: ID<Seller>?, _ page: PageRequest
    ) async throws -> Page<ListingFound> {
        var conditions: SQL = "true"
        if let state { conditions = "\(conditions) and l.state = \(state)" }
        if let seller { conditions = "\(conditions) and l.seller_id = \(seller)" }
        if let after = page.afterID { conditions = "\(conditions) and l.id < \(after)::uuid" }
        let rows = try await db.query(
            """
            select \(Self.columns)
            from listing l join seller s on s.id = l.seller_id
            where \(conditions)
            order by l.id desc
            limit \(page.limit + 1)::bigint
            """
        ).decode(Self.listing(_:))
        return Page(rows, limit: page.limit) { $0.id.description }
    }

    func find(_ id: ID<Listing>) async throws -> ListingFound? {
        try await db.query(
            """
            select \(Self.columns)
            from listing l join seller s on s.id = l.seller_id
            where l.id = \(id)
            """
        ).decode(Self.listing(_:)).first
    }

    private static func listing(_ c: inout Columns) throws -> ListingFound {
        ListingFound(
            id: try c.next(), title: try c.next(), seller: try c.next(),
            sellerName: try c.next(), state: try c.next(), isForSale: try c.next(),
            priceFrom: Money(try c.next(), try c.next()), createdAt: try c.next(),
            isPicked: try c.next())
    }
}

extension Queryable {
    var moderation: ModerationStore { ModerationStore(db: self) }
}
