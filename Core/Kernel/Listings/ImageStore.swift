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

/// A listing came to show a photo between two locks.
struct ShownElsewhere: Error {}

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

    func saveAlt(_ id: ID<ListingImage>, _ alt: String) async throws {
        try await db.execute("update listing_image set alt = \(alt) where id = \(id)")
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
            select i.listing_id, i.id, i.content_hash, i.source_url, i.alt, m.state, m.made,
                m.wanted, m.refusal
            from listing_image i left join media m on m.content_hash = i.content_hash
            where i.listing_id = any(\(listings)::uuid[])
            order by i.listing_id, i.position, i.id
            """
        ).decode { c in
            let listing = try c.next(ID<Listing>.self)
            var image = ListingImage(
                id: try c.next(), hash: try c.next(), sourceURL: try c.next(),
                alt: try c.next())
            if let state = try c.next(PhotoProgress.State?.self) {
                image.photo = PhotoProgress(
                    state: state, made: try c.next(), wanted: try c.next(),
                    refusal: try c.next(String?.self).flatMap { MediaRefusal(rawValue: $0) })
            }
            return (listing, image)
        }
    }

    /// The listings that have this picture.
    func listings(showing hash: ContentHash) async throws -> [ID<Listing>] {
        try await db.query(
            "select distinct listing_id from listing_image where content_hash = \(hash)"
        ).decode { c in try c.next() }
    }

    /// Locks the listings that show a photo and then the photo, as whoever adds pictures does.
    /// - Returns: those listings; nil when the photo is gone.
    /// - Throws: ``ShownElsewhere`` when one came to show it meanwhile: begin anew.
    func lockShowing(_ hash: ContentHash) async throws -> [ID<Listing>]? {
        let locked = try await db.query(
            """
            select id from listing where id in (
                select listing_id from listing_image where content_hash = \(hash))
            order by id for no key update
            """
        ).decode { c in try c.next(ID<Listing>.self) }
        guard try await db.media.lock(hash) else { return nil }
        // What comes to show it from now on waits for the photo, and then shows what it is.
        guard try await Set(listings(showing: hash)).isSubset(of: locked) else {
            throw ShownElsewhere()
        }
        return locked
    }

    /// Holds the photos of listings until this transaction is over, so that none becomes ready
    /// between what is written of the listings now and what the worker looks for then.
    func holdPhotos(of listings: [ID<Listing>]) async throws {
        try await db.execute(
            """
            select from media where content_hash in (
                select content_hash from listing_image where listing_id = any(\(listings)::uuid[]))
            order by content_hash for share
            """)
    }

    /// The picture of a listing `l` that lists show: the first that is made, else what an import
    /// told of one elsewhere.
    static let first: SQL = """
        left join lateral (
            select i.content_hash, i.source_url, m.width, m.height
            from listing_image i left join media m on m.content_hash = i.content_hash
            where i.listing_id = l.id and \(shown)
            order by i.position limit 1
        ) i on true
        """

    /// Whether a picture with the photo `m` may be shown.
    static let shown: SQL = "(m.state is null or m.state in ('kept', 'ready'))"

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
