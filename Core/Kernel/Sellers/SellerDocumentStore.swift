import Postgres
import Vocabulary

struct SellerDocumentStore {
    let db: any Queryable

    func insert(
        _ document: SellerDocument, hash: ContentHash, of seller: ID<Seller>
    ) async throws {
        try await db.execute(
            """
            insert into seller_document
                (id, seller_id, kind, file_name, content_hash, media_type, bytes, created_at)
            values (\(document.id), \(seller), \(document.kind), \(document.fileName), \(hash),
                \(document.mediaType), \(document.bytes), \(document.createdAt))
            """)
    }

    func hasAny(of seller: ID<Seller>) async throws -> Bool {
        try await db.query(
            """
            select from seller_document
            where seller_id = \(seller) and state <> 'rejected' limit 1
            """
        ).first != nil
    }

    /// Oldest first.
    func list(of seller: ID<Seller>) async throws -> [SellerDocument] {
        try await db.query(
            """
            select id, kind, file_name, media_type, bytes, state, note, created_at
            from seller_document where seller_id = \(seller)
            order by id
            limit \(SellerDocument.countMax)::int
            """
        ).decode { c in
            SellerDocument(
                id: try c.next(), kind: try c.next(), fileName: try c.next(),
                mediaType: try c.next(), bytes: try c.next(), state: try c.next(),
                note: try c.next(), createdAt: try c.next())
        }
    }

    func findHash(
        _ id: ID<SellerDocument>, of seller: ID<Seller>
    ) async throws -> ContentHash? {
        try await db.query(
            """
            select content_hash from seller_document
            where id = \(id) and seller_id = \(seller)
            """
        ).decode { c in try c.next(ContentHash.self) }.first
    }

    func save(
        _ id: ID<SellerDocument>, of seller: ID<Seller>, _ state: SellerDocument.State,
        note: String?, by admin: ID<Account>
    ) async throws -> Bool {
        try await db.execute(
            """
            update seller_document set state = \(state), note = \(note), reviewed_by = \(admin)
            where id = \(id) and seller_id = \(seller)
            """) == 1
    }
}

extension Queryable {
    var sellerDocuments: SellerDocumentStore { SellerDocumentStore(db: self) }
}
