import Postgres
import Vocabulary

/// Every statement on photos of reviews.
struct ReviewPhotoStore {
    let db: any Queryable

    func insert(_ photos: [ContentHash], to review: ID<Review>) async throws {
        guard !photos.isEmpty else { return }
        try await db.execute(
            """
            insert into review_photo (review_id, position, content_hash)
            select \(review)::uuid, p.position, decode(p.hash, 'hex')
            from unnest(\(photos.map(\.description))::text[]) with ordinality as p(hash, position)
            """)
    }

    /// As JSON for a row `r` of reviews: those that are made.
    static let shown: SQL = """
        (select coalesce(jsonb_agg(jsonb_build_object('hash', encode(m.content_hash, 'hex'),
                'width', m.width, 'height', m.height) order by p.position), '[]')
            from review_photo p join media m on m.content_hash = p.content_hash
            where p.review_id = r.id and m.state in ('kept', 'ready'))
        """

    /// Forgets the photos of a person's reviews that nobody else shows.
    /// - Returns: the files that are nobody's any more: what was uploaded, and the copies.
    func erase(of account: ID<Account>) async throws -> (photos: [ContentHash], [ContentHash]) {
        let photos = try await db.query(
            """
            delete from review_photo p using review r
            where r.id = p.review_id and r.account_id = \(account)
            returning p.content_hash
            """
        ).decode { c in try c.next(ContentHash.self) }
        guard !photos.isEmpty else { return ([], []) }
        let mine = try await db.query(
            """
            select m.content_hash from media m
            where m.content_hash in (
                    select decode(h, 'hex') from unnest(\(photos.map(\.description))::text[]) h)
                and m.seller_id is null
                and not exists (
                    select from listing_image i where i.content_hash = m.content_hash)
                and not exists (
                    select from review_photo p where p.content_hash = m.content_hash)
            order by m.content_hash for update of m
            """
        ).decode { c in try c.next(ContentHash.self) }
        let hashes = mine.map(\.description)
        let copies = try await db.query(
            """
            with gone as (
                delete from media_rendition
                where photo in (select decode(h, 'hex') from unnest(\(hashes)::text[]) h)
                returning photo, content_hash
            )
            select distinct g.content_hash from gone g
            where not exists (
                select from media_rendition o
                where o.content_hash = g.content_hash
                    and not o.photo in (select photo from gone))
            """
        ).decode { c in try c.next(ContentHash.self) }
        try await db.execute(
            """
            delete from media
            where content_hash in (select decode(h, 'hex') from unnest(\(hashes)::text[]) h)
            """)
        return (mine, copies)
    }
}

extension Queryable {
    var reviewPhotos: ReviewPhotoStore { ReviewPhotoStore(db: self) }
}
