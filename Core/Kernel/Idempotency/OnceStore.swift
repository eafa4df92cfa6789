import Postgres

/// Every statement on idempotency keys.
struct OnceStore: Sendable {
    let db: any Queryable

    struct Known: Sendable {
        let fingerprint: [UInt8]
        let answer: OnceAnswer?
        /// It changed something, and whoever it was that did so is not there any more.
        let isInterrupted: Bool
    }

    /// Inserts the key, or takes over one whose claim is over and that changed nothing; false when
    /// somebody else has it.
    func claim(_ key: OnceKey, lifetime: Duration) async throws -> Bool {
        try await db.execute(
            """
            insert into idempotency_key (actor, key, fingerprint, route, locked_until)
            values (\(key.actor), \(key.key), \(Bytes(key.fingerprint)), \(key.route),
                now() + \(lifetime.wholeMilliseconds)::bigint * interval '1 millisecond')
            on conflict (actor, key) do update set locked_until = excluded.locked_until
            where idempotency_key.state = 'started' and idempotency_key.locked_until < now()
                and idempotency_key.acted_at is null
                and idempotency_key.fingerprint = excluded.fingerprint
            """) == 1
    }

    /// Inserts the key, or fails with a violation that ``isTaken(_:)`` knows.
    static func claimStatement(_ key: OnceKey, lifetime: Duration) -> SQL {
        """
        insert into idempotency_key (actor, key, fingerprint, route, locked_until)
        values (\(key.actor), \(key.key), \(Bytes(key.fingerprint)), \(key.route),
            now() + \(lifetime.wholeMilliseconds)::bigint * interval '1 millisecond')
        """
    }

    /// Inserts the key with its answer, or fails with a violation that ``isTaken(_:)`` knows.
    static func insertStatement(_ key: OnceKey, _ answer: OnceAnswer) -> SQL {
        """
        insert into idempotency_key (actor, key, fingerprint, route, locked_until, state, status,
            content_type, location, body)
        values (\(key.actor), \(key.key), \(Bytes(key.fingerprint)), \(key.route), now(),
            'finished', \(answer.status), \(answer.contentType), \(answer.location),
            \(Bytes(answer.body)))
        """
    }

    static func isTaken(_ error: PostgresError) -> Bool {
        error.constraint == "idempotency_key_pkey"
    }

    func find(_ key: OnceKey) async throws -> Known? {
        try await db.query(
            """
            select fingerprint, status, content_type, location, body,
                acted_at is not null and state = 'started' and locked_until < now()
            from idempotency_key
            where actor = \(key.actor) and key = \(key.key)
            """
        ).decode { c in
            let fingerprint: Bytes = try c.next()
            let status: Int? = try c.next()
            let contentType: String? = try c.next()
            let location: String? = try c.next()
            let body: Bytes? = try c.next()
            return Known(
                fingerprint: fingerprint.bytes,
                answer: status.map {
                    OnceAnswer(
                        status: $0, contentType: contentType, location: location,
                        body: body?.bytes ?? [])
                }, isInterrupted: try c.next())
        }.first
    }

    func finish(_ key: OnceKey, _ answer: OnceAnswer) async throws {
        try await db.execute(Self.finishStatement(key, answer))
    }

    /// Keeps the answer to a request that had no effect to be kept with; false when a twin's is
    /// there already.
    func insert(_ key: OnceKey, _ answer: OnceAnswer) async throws -> Bool {
        try await db.execute(
            "\(Self.insertStatement(key, answer)) on conflict (actor, key) do nothing") == 1
    }

    static func finishStatement(_ key: OnceKey, _ answer: OnceAnswer) -> SQL {
        """
        update idempotency_key
        set state = 'finished', status = \(answer.status), content_type = \(answer.contentType),
            location = \(answer.location), body = \(Bytes(answer.body))
        where actor = \(key.actor) and key = \(key.key) and state = 'started'
        """
    }

    /// Goes with the first change that is made under the key.
    static func actedStatement(_ key: OnceKey) -> SQL {
        """
        update idempotency_key set acted_at = now()
        where actor = \(key.actor) and key = \(key.key)
            and pg_current_xact_id_if_assigned() is not null
        """
    }

    func abandon(_ key: OnceKey) async throws {
        try await db.execute(
            """
            delete from idempotency_key
            where actor = \(key.actor) and key = \(key.key) and state = 'started'
            """)
    }

    /// As ``abandon(_:)``, except where something was changed under the key: it stays, and its
    /// claim is over.
    func interrupt(_ key: OnceKey) async throws {
        _ = try await db.batch([
            """
            delete from idempotency_key
            where actor = \(key.actor) and key = \(key.key) and state = 'started'
                and acted_at is null
            """,
            """
            update idempotency_key set locked_until = now() - interval '1 second'
            where actor = \(key.actor) and key = \(key.key) and state = 'started'
            """,
        ])
    }

    func sweep(days: Int) async throws -> Int {
        try await db.execute(
            """
            delete from idempotency_key where (actor, key) in (
                select actor, key from idempotency_key
                where created_at < now() - \(days)::bigint * interval '1 day'
                order by created_at limit \(JobStore.sweepMax)::bigint)
            """)
    }
}
