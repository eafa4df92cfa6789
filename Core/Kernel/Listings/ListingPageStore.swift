import Postgres
import Vocabulary

/// The pages of listings that are for sale, as JSON.
struct ListingPageStore {
    let db: any Queryable

    /// The pages, as bytes, of those that have one of their present version.
    func find(_ ids: [ID<Listing>]) async throws -> [ID<Listing>: [UInt8]] {
        let pages = try await db.query(
            """
            select p.listing_id, p.body from listing_page p
            join listing l on l.id = p.listing_id and l.version = p.version
            where p.listing_id = any(\(ids)::uuid[]) and l.for_sale
            """
        ).decode { c in (try c.next(ID<Listing>.self), try c.next(PageBytes.self).bytes) }
        return Dictionary(pages, uniquingKeysWith: { page, _ in page })
    }

    /// Makes the page anew and returns it; nil when the listing is not for sale.
    func refresh(_ id: ID<Listing>) async throws -> [UInt8]? {
        let made = try await db.query(
            """
            select body from listing_pages_refresh(
                array(select id from listing where id = \(id) and for_sale))
            """
        ).decode { c in try c.next(PageBytes.self).bytes }.first
        // Somebody else may have made it between the two reads.
        return if let made { made } else { try await find([id])[id] }
    }

    func refresh(after: ID<Listing>?, limit: Int) async throws -> ID<Listing>? {
        try await db.query(
            """
            with batch as materialized (
                select id from listing
                where (\(after)::uuid is null or id > \(after)::uuid)
                order by id
                limit \(limit)::int
            ), made as materialized (
                select listing_id from listing_pages_refresh(array(
                    select id from batch where not exists (
                        select from listing_page p where p.listing_id = batch.id)))
            )
            select id from batch
            where \(limit)::int = (select count(id) from batch)
                and (select count(listing_id) from made) >= 0
            order by id desc
            limit 1
            """
        ).decode { c in try c.next(ID<Listing>.self) }.first
    }
}

/// A text's bytes as they came, without a String between.
private struct PageBytes: SQLDecodable {
    let bytes: [UInt8]

    init?(sql cell: Cell) {
        guard let bytes = cell.read({ Array($0) }) else { return nil }
        self.bytes = bytes
    }
}

extension Queryable {
    var listingPages: ListingPageStore { ListingPageStore(db: self) }
}
