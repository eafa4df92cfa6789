import Postgres

struct MediaStore {
    let db: any Queryable

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
