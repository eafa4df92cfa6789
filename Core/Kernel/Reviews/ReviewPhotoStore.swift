import Postgres
import Vocabulary

/// Every statement on photos of reviews.
struct ReviewPhotoStore {
    let db: any Queryable

    func insert(_ photos: [ContentHash], to review: ID<Review>) async throws {
        guard !photos.isEmpty else { return }
        try await db.execute(
            """
            with added as (
                insert into review_photo (review_id, position, content_hash)
                select \(review)::uuid, p.position, decode(p.hash, 'hex')
                from unnest(\(photos.map(\.description))::text[])
                    with ordinality as p(hash, position))
            update review set has_photos = true where id = \(review)
            """)
    }

    /// As JSON for a row `r` of reviews: those that are made.
    static let shown: SQL = """
        (select coalesce(jsonb_agg(jsonb_build_object('hash', encode(m.content_hash, 'hex'),
                'width', m.width, 'height', m.height) order by p.position), '[]')
            from review_photo p join media m on m.content_hash = p.content_hash
            where p.review_id = r.id and m.state in ('kept', 'ready'))
        """

    /// Takes the photos off a person's reviews.
    func erase(of account: ID<Account>) async throws {
        try await db.execute(
            """
            with gone as (
                delete from review_photo p using review r
                where r.id = p.review_id and r.account_id = \(account) returning r.id)
            update review set has_photos = false where id in (select id from gone)
            """)
    }
}

extension Queryable {
    var reviewPhotos: ReviewPhotoStore { ReviewPhotoStore(db: self) }
}
