import Postgres
import Vocabulary

/// The pages of listings that are for sale, as JSON.
struct ListingPageStore {
    let db: any Queryable

    /// The page, when there is one of the listing's present version.
    func find(_ id: ID<Listing>) async throws -> String? {
        try await db.query(
            """
            select p.body from listing l
            join listing_page p on p.listing_id = l.id and p.version = l.version
            where l.id = \(id) and l.for_sale
            """
        ).decode { c in try c.next(String.self) }.first
    }

    /// Makes the page anew and returns it; nil when the listing is not for sale.
    func refresh(_ id: ID<Listing>) async throws -> String? {
        let made = try await db.query(
            """
            select body from listing_pages_refresh(
                array(select id from listing where id = \(id) and for_sale))
            """
        ).decode { c in try c.next(String.self) }.first
        // Somebody else may have made it between the two reads.
        return if let made { made } else { try await find(id) }
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

extension Queryable {
    var listingPages: ListingPageStore { ListingPageStore(db: self) }
}
