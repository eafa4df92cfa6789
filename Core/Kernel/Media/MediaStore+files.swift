import Postgres

extension MediaStore {
    /// Holds the names of files until the end of the transaction, before it locks anything else:
    /// nobody takes such a file away meanwhile, and nobody comes to count on its being there.
    func lockFiles(_ hashes: [ContentHash]) async throws {
        // In one order. Two files of one number only wait for each other.
        let numbers = Set(hashes.map(\.lockNumber)).sorted()
        _ = try await db.query(
            """
            select pg_advisory_xact_lock(\(Self.fileLocks)::int, number)
            from unnest(\(numbers)::int[]) number
            """)
    }

    private static let fileLocks = 7_134_910

    /// Those of the files that are sent to people: copies, and what is kept as it came.
    func shownFiles(among hashes: [ContentHash]) async throws -> Set<ContentHash> {
        let found = try await db.query(
            """
            select f.hash
            from (
                select decode(name, 'hex') as hash
                from unnest(\(hashes.map(\.description))::text[]) name
            ) f
            where exists (select from media_rendition r where r.content_hash = f.hash)
                or exists (
                    select from media m where m.content_hash = f.hash and m.state = 'kept')
            """
        ).decode { c in try c.next(ContentHash.self) }
        return Set(found)
    }

    /// Those of the photos that wait to be made.
    func unmade(among hashes: [ContentHash]) async throws -> Set<ContentHash> {
        let found = try await db.query(
            """
            select m.content_hash from unnest(\(hashes.map(\.description))::text[]) name
            join media m on m.content_hash = decode(name, 'hex')
            where m.state in ('waiting', 'making')
            """
        ).decode { c in try c.next(ContentHash.self) }
        return Set(found)
    }

    /// The files of a photo's copies.
    func copies(of hash: ContentHash) async throws -> [ContentHash] {
        try await db.query(
            "select distinct content_hash from media_rendition where photo = \(hash)"
        ).decode { c in try c.next() }
    }
}

extension ContentHash {
    /// Its first four bytes.
    fileprivate var lockNumber: Int32 {
        Int32(bitPattern: bytes.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
    }
}
