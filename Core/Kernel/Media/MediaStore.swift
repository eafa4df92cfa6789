import Postgres
import Vocabulary

/// Every statement on photos and their copies.
struct MediaStore {
    let db: any Queryable

    /// Where a photo is on its way.
    func find(_ hash: ContentHash) async throws -> PhotoProgress.State? {
        try await db.query("select state from media where content_hash = \(hash)")
            .decode { c in try c.next(PhotoProgress.State.self) }.first
    }

    /// Whether so many bytes more fit into what a seller may store.
    func hasRoom(_ seller: ID<Seller>, _ bytes: Int, most: Int) async throws -> Bool {
        try await db.query(
            """
            select coalesce((select bytes from seller_storage where seller_id = \(seller)), 0)
                + \(bytes)::bigint <= \(most)::bigint
            """
        ).decode { c in try c.next(Bool.self) }.first ?? false
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

    /// Has a photo wait to be made: a new one, or one that was refused and is sent once more.
    /// - Returns: false when it is known and was not refused.
    ///   Its row is locked either way.
    func insert(_ picture: Picture, of owner: PhotoOwner) async throws -> Bool {
        try await db.execute(
            """
            insert into media (content_hash, media_type, bytes, width, height, state, seller_id,
                account_id, charged, loose_since)
            select \(picture.hash)::bytea, \(picture.mediaType)::text, \(picture.bytes)::int,
                \(picture.width)::int, \(picture.height)::int, 'waiting', o.seller, o.customer,
                case when o.seller is null then 0 else \(picture.bytes)::bigint end,
                case when o.customer is not null then now() end
            from (
                select \(owner.seller)::uuid as seller, \(owner.customer)::uuid as customer
            ) o
            on conflict (content_hash) do update set state = 'waiting', refusal = null, made = 0,
                wanted = 0, seller_id = excluded.seller_id, account_id = excluded.account_id,
                charged = excluded.charged, loose_since = excluded.loose_since
            where media.state = 'refused'
            """) == 1
    }

    /// Has a photo made again whose copies the disk has lost.
    func remake(_ hash: ContentHash) async throws {
        try await db.execute(
            "update media set state = 'waiting', made = 0 where content_hash = \(hash)")
    }

    /// Begins to make a photo, or goes on where somebody stopped; nil when nothing is left to do.
    func begin(_ hash: ContentHash) async throws -> UnmadePhoto? {
        try await db.query(
            """
            update media set made = 0,
                state = case when state = 'kept' then state else 'making' end
            where content_hash = \(hash) and state in ('kept', 'waiting', 'making')
            returning media_type, state = 'kept'
            """
        ).decode { c in
            UnmadePhoto(hash: hash, mediaType: try c.next(), isKept: try c.next())
        }.first
    }

    /// Locks a photo until the end of the transaction; false when it is gone.
    func lock(_ hash: ContentHash) async throws -> Bool {
        try await !db.query(
            "select from media where content_hash = \(hash) for no key update"
        ).isEmpty
    }

    func saveProgress(_ hash: ContentHash, made: Int, of wanted: Int) async throws {
        try await db.execute(
            """
            update media set made = \(made)::int, wanted = \(wanted)::int
            where content_hash = \(hash) and state in ('kept', 'making')
            """)
    }

    /// The photo is what its copies are: the widest gives its size, all of them what it costs.
    func finish(_ hash: ContentHash, _ copies: [Rendition], shown: Rendition) async throws {
        let bytes = copies.reduce(0) { $0 + $1.bytes }
        try await db.execute(
            """
            insert into media_rendition (photo, media_type, width, height, bytes, content_hash)
            select \(hash)::bytea, r.type, r.width, r.height, r.bytes, decode(r.hash, 'hex')
            from jsonb_to_recordset(\(JSON(copies))) as r(type text, width int, height int,
                bytes int, hash text)
            on conflict (photo, media_type, width) do update set height = excluded.height,
                bytes = excluded.bytes, content_hash = excluded.content_hash
            """)
        try await settle(hash, charging: bytes)
        try await db.execute(
            """
            update media set state = 'ready', width = \(shown.width), height = \(shown.height),
                made = \(copies.count)::int, wanted = \(copies.count)::int, charged = \(bytes)
            where content_hash = \(hash)
            """)
    }

    func refuse(_ hash: ContentHash, _ refusal: MediaRefusal) async throws {
        try await settle(hash, charging: 0)
        try await db.execute(
            """
            update media set state = 'refused', refusal = \(refusal.rawValue), made = 0,
                wanted = 0, charged = 0
            where content_hash = \(hash)
            """)
    }

    /// A kept photo that cannot be made is shown as it came.
    func keepAsItIs(_ hash: ContentHash) async throws {
        try await db.execute(
            """
            update media set tried = true, made = 0, wanted = 0
            where content_hash = \(hash) and state = 'kept'
            """)
    }

    /// Charges what a photo takes now instead of what it took.
    private func settle(_ hash: ContentHash, charging bytes: Int) async throws {
        try await db.execute(
            """
            update seller_storage s
            set bytes = greatest(0, s.bytes + \(bytes)::bigint - m.charged)
            from media m where m.content_hash = \(hash) and s.seller_id = m.seller_id
            """)
    }

    /// What to send for a photo: of its copies of this type the narrowest that is wide enough,
    /// else the widest; the photo as it came while none is made. Nil for nothing to be shown.
    func shown(
        _ hash: ContentHash, width: Int, _ type: PhotoType
    ) async throws -> (file: ContentHash, isFinal: Bool)? {
        try await db.query(
            """
            select coalesce(r.content_hash, m.content_hash), m.state = 'ready'
            from media m
            left join lateral (
                select content_hash from media_rendition
                where photo = m.content_hash and media_type = \(type)
                order by width < \(width)::int, abs(width - \(width)::int) limit 1
            ) r on true
            where m.content_hash = \(hash) and m.state in ('kept', 'ready')
            """
        ).decode { c in (file: try c.next(ContentHash.self), isFinal: try c.next(Bool.self)) }
            .first
    }

    /// Photos that no worker was asked for: those from before they were made, and those whose job
    /// was given up some hours ago.
    func listUnasked(limit: Int) async throws -> [ContentHash] {
        try await db.query(
            """
            select m.content_hash from media m
            where (m.state in ('waiting', 'making') or m.state = 'kept' and not m.tried)
                and not exists (
                    select from job j
                    where j.kind = 'photos.make' and j.unique_key = encode(m.content_hash, 'hex')
                        and j.state in ('ready', 'running'))
                and not exists (
                    select from job j
                    where j.kind = 'photos.make' and j.unique_key = encode(m.content_hash, 'hex')
                        and j.state = 'dead' and j.finished_at > now() - interval '6 hours')
            limit \(limit)::int
            """
        ).decode { c in try c.next() }
    }
}

/// A photo that is to be made.
struct UnmadePhoto: Sendable {
    let hash: ContentHash
    let mediaType: String
    /// It is shown as it came until it is made.
    let isKept: Bool
}

extension Queryable {
    var media: MediaStore { MediaStore(db: self) }
}
