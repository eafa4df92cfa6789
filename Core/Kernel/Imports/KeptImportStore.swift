import Postgres
import Vocabulary

/// Every statement on catalogues that wait for somebody to say yes.
struct KeptImportStore {
    let db: any Queryable

    /// Puts it in the place of what the shop had kept before. Needs a transaction.
    /// - Parameter most: how many bytes all shops may have kept.
    /// - Returns: false when there is no room for it; what was kept before stays.
    func save(
        _ kept: KeptImport, as id: ID<KeptImport>, of seller: ID<Seller>,
        most: Int = KeptImport.allBytesMax
    ) async throws -> Bool {
        let isKept =
            try await db.execute(
                """
                insert into kept_import (seller_id, id, currency, file, bytes, expires_at)
                select \(seller)::uuid, \(id)::uuid, \(kept.options.currency)::text,
                    \(Bytes(kept.file))::bytea, \(kept.byteCount)::bigint,
                    now() + \(KeptImport.lifetime.components.seconds)::bigint * interval '1 second'
                where \(kept.byteCount)::bigint + (
                    select coalesce(sum(bytes), 0) from kept_import
                    where seller_id <> \(seller)::uuid and expires_at > now()
                ) <= \(most)::bigint
                on conflict (seller_id) do update set id = excluded.id,
                    currency = excluded.currency, file = excluded.file, bytes = excluded.bytes,
                    expires_at = excluded.expires_at, taken_at = null
                """) == 1
        guard isKept else { return false }
        try await db.execute("delete from kept_import_picture where seller_id = \(seller)")
        // One after the other: each is written as text on its way, twice as long as it is.
        for (position, picture) in kept.options.pictures.enumerated() {
            try await db.execute(
                """
                insert into kept_import_picture (seller_id, position, name, content)
                values (\(seller), \(position), \(Bytes(picture.key.utf8)), \(Bytes(picture.value)))
                """)
        }
        return true
    }

    /// Gives it to the first who asks; nil when somebody was faster, when its hour is over, and
    /// when it is not that shop's. Needs a transaction.
    func take(_ id: ID<KeptImport>, of seller: ID<Seller>) async throws -> KeptImport? {
        let taken = try await db.query(
            """
            update kept_import set taken_at = now()
            where seller_id = \(seller) and id = \(id) and taken_at is null
                and expires_at > now()
            returning currency, file
            """
        ).decode { c in (try c.next(Currency.self), try c.next(Bytes.self).bytes) }.first
        guard let (currency, file) = taken else { return nil }
        var options = ImportOptions()
        options.currency = currency
        let pictures = try await db.query(
            "select name, content from kept_import_picture where seller_id = \(seller)"
        ).decode { c in (try c.next(Bytes.self).bytes, try c.next(Bytes.self).bytes) }
        for (name, content) in pictures {
            options.pictures[String(decoding: name, as: UTF8.self)] = content
        }
        return KeptImport(file: file, options: options)
    }

    /// It was not imported after all, and can be asked for again.
    func giveBack(_ id: ID<KeptImport>, of seller: ID<Seller>) async throws {
        try await db.execute(
            """
            update kept_import set taken_at = null where seller_id = \(seller) and id = \(id)
            """)
    }

    func delete(_ id: ID<KeptImport>, of seller: ID<Seller>) async throws {
        try await db.execute(
            "delete from kept_import where seller_id = \(seller) and id = \(id)")
    }

    /// Forgets those whose hour is over.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from kept_import where seller_id in (
                select seller_id from kept_import where expires_at < now()
                order by expires_at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}

extension Queryable {
    var keptImports: KeptImportStore { KeptImportStore(db: self) }
}
