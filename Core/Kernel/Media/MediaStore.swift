import Postgres
import Vocabulary

struct MediaStore {
    let db: any Queryable

    func contains(_ hash: ContentHash) async throws -> Bool {
        try await !db.query("select from media where content_hash = \(hash)").isEmpty
    }

    /// Counts what a seller stores; false when that would be more than `most` bytes.
    func charge(_ seller: ID<Seller>, _ bytes: Int, most: Int) async throws -> Bool {
        try await db.execute(
            """
            insert into seller_storage (seller_id, bytes)
            select \(seller)::uuid, \(bytes)::bigint where \(bytes)::bigint <= \(most)::bigint
            on conflict (seller_id) do update set bytes = seller_storage.bytes + excluded.bytes
            where seller_storage.bytes + excluded.bytes <= \(most)::bigint
            """) == 1
    }

    func insert(_ picture: Picture) async throws {
        try await db.execute(
            """
            insert into media (content_hash, media_type, bytes, width, height)
            values (\(picture.hash), \(picture.mediaType), \(picture.bytes), \(picture.width),
                \(picture.height))
            on conflict do nothing
            """)
    }
}

extension Queryable {
    var media: MediaStore { MediaStore(db: self) }
}
