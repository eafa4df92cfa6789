import Postgres
import Vocabulary

extension MediaStore {
    /// How many uploads somebody has waiting, and how many bytes they have. A customer's count
    /// until a review shows them, too.
    func waiting(of owner: PhotoOwner) async throws -> (count: Int, bytes: Int) {
        let theirs: SQL =
            switch owner {
            case .seller(let id): "seller_id = \(id) and state in ('waiting', 'making')"
            case .customer(let id):
                """
                account_id = \(id)
                    and (loose_since is not null or state in ('waiting', 'making'))
                """
            }
        return try await db.query(
            "select count(*), coalesce(sum(bytes), 0)::bigint from media where \(theirs)"
        ).decode { c in (count: try c.next(Int.self), bytes: try c.next(Int.self)) }
            .first ?? (0, 0)
    }

    /// Makes a shop's what was a customer's until now: the shop sent the same file.
    /// - Returns: how many bytes the shop is to be charged; nil when it was no customer's.
    func handOver(_ hash: ContentHash, to seller: ID<Seller>) async throws -> Int? {
        try await db.query(
            """
            update media m set seller_id = \(seller), account_id = null, loose_since = null,
                charged = case when m.state = 'refused' then 0
                    when m.state in ('waiting', 'making') then m.bytes
                    else coalesce((
                        select sum(r.bytes) from media_rendition r
                        where r.photo = m.content_hash), 0) end
            where m.content_hash = \(hash) and m.account_id is not null
            returning m.charged
            """
        ).decode { c in try c.next(Int.self) }.first
    }

    /// Keeps a photo that no review shows for another day: it was sent once more.
    func keepLonger(_ hash: ContentHash) async throws {
        try await db.execute(
            """
            update media set loose_since = now()
            where content_hash = \(hash) and loose_since is not null
            """)
    }

    /// Keeps photos for as long as a review shows them.
    /// - Returns: false when one of them is gone, and nothing was done.
    func attach(_ hashes: [ContentHash]) async throws -> Bool {
        guard !hashes.isEmpty else { return true }
        let names = hashes.map(\.description)
        let there = try await db.query(
            """
            select from media
            where content_hash in (select decode(h, 'hex') from unnest(\(names)::text[]) h)
            order by content_hash for no key update
            """)
        guard there.count == Set(hashes).count else { return false }
        try await db.execute(
            """
            update media set loose_since = null
            where content_hash in (select decode(h, 'hex') from unnest(\(names)::text[]) h)
                and loose_since is not null
            """)
        return true
    }

    /// Forgets a person's photos. Those that somebody else shows stay, and are that person's now,
    /// or nobody's.
    /// - Returns: the files that were theirs: what was uploaded, and the copies.
    func erase(of account: ID<Account>) async throws -> [ContentHash] {
        // Whoever is about to show one of them has to be done first.
        _ = try await db.query(
            """
            select from media where account_id = \(account) order by content_hash for update
            """)
        try await db.execute(
            """
            update media m set loose_since = null, account_id = (
                select r.account_id from review_photo p join review r on r.id = p.review_id
                where p.content_hash = m.content_hash and r.account_id is not null
                order by r.id limit 1)
            where m.account_id = \(account) and (
                exists (select from review_photo p where p.content_hash = m.content_hash)
                or exists (select from listing_image i where i.content_hash = m.content_hash))
            """)
        let mine = try await db.query(
            "select content_hash from media where account_id = \(account)"
        ).decode { c in try c.next(ContentHash.self) }
        return try await delete(mine)
    }

    /// Forgets some of the photos that were sent a day ago and that nobody shows.
    /// - Returns: how many there were, and their files.
    func deleteLoose(limit: Int) async throws -> (count: Int, files: [ContentHash]) {
        let loose = try await db.query(
            """
            select m.content_hash from media m
            where m.loose_since < now() - interval '1 day'
                and not exists (
                    select from review_photo p where p.content_hash = m.content_hash)
                and not exists (
                    select from listing_image i where i.content_hash = m.content_hash)
            order by m.loose_since limit \(limit)::int
            for update of m skip locked
            """
        ).decode { c in try c.next(ContentHash.self) }
        return (loose.count, try await delete(loose))
    }

    /// - Returns: their files.
    private func delete(_ hashes: [ContentHash]) async throws -> [ContentHash] {
        guard !hashes.isEmpty else { return [] }
        let names = hashes.map(\.description)
        let copies = try await db.query(
            """
            select distinct content_hash from media_rendition
            where photo in (select decode(h, 'hex') from unnest(\(names)::text[]) h)
            """
        ).decode { c in try c.next(ContentHash.self) }
        try await db.execute(
            """
            delete from media
            where content_hash in (select decode(h, 'hex') from unnest(\(names)::text[]) h)
            """)
        return hashes + copies
    }
}
