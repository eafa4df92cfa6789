import Postgres
import Vocabulary

/// A picture of a listing as it is written.
struct ImageRow: Codable, Sendable {
    var id: ID<ListingImage>
    var listing: ID<Listing>
    var position: Int
    /// Hexadecimal.
    var hash: String?
    var source: String?
    var alt: String
}

struct ImageStore {
    let db: any Queryable

    func save(_ rows: [ImageRow]) async throws {
        try await db.execute(
            """
            insert into listing_image (id, listing_id, position, content_hash, source_url, alt)
            select r.id, r.listing, r.position, decode(r.hash, 'hex'), r.source, r.alt
            from jsonb_to_recordset(\(JSON(rows))) as r(id uuid, listing uuid, position int,
                hash text, source text, alt text)
            on conflict (id) do update set position = excluded.position, alt = excluded.alt,
                content_hash = coalesce(excluded.content_hash, listing_image.content_hash),
                source_url = coalesce(excluded.source_url, listing_image.source_url)
            """)
    }

    func list(of listing: ID<Listing>) async throws -> [ListingImage] {
        try await list(of: [listing]).map(\.image)
    }

    /// In order, listing by listing.
    func list(
        of listings: [ID<Listing>]
    ) async throws -> [(listing: ID<Listing>, image: ListingImage)] {
        try await db.query(
            """
            select listing_id, id, content_hash, source_url, alt from listing_image
            where listing_id = any(\(listings)::uuid[])
            order by listing_id, position, id
            """
        ).decode { c in
            (
                try c.next(),
                ListingImage(
                    id: try c.next(), hash: try c.next(), sourceURL: try c.next(),
                    alt: try c.next())
            )
        }
    }

    func delete(_ ids: [ID<ListingImage>]) async throws {
        try await db.execute("delete from listing_image where id = any(\(ids)::uuid[])")
    }

    /// Numbers the pictures in the order of `ids`.
    func arrange(_ ids: [ID<ListingImage>], of listing: ID<Listing>) async throws {
        try await db.execute(
            """
            update listing_image i set position = o.position
            from unnest(\(ids)::uuid[]) with ordinality as o(id, position)
            where i.id = o.id and i.listing_id = \(listing)
            """)
    }
}

extension Queryable {
    var images: ImageStore { ImageStore(db: self) }
}
