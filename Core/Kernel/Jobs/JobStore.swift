import Postgres
import Vocabulary

/// Every statement on jobs.
public struct JobStore: Sendable {
    let db: any Queryable

    /// Queues a job in this transaction; it runs after commit, not before `delay` is over.
    ///
    /// A live job of the same kind and `uniqueKey` stays the only one: it runs at the earlier of
    /// the two times. When it is running just now it runs once more, however this run ends.
    public func enqueue<Args>(
        _ kind: JobKind<Args>, _ args: Args, after delay: Duration = .zero,
        uniqueKey: String? = nil
    ) async throws {
        try await db.execute(Self.enqueueStatement(kind, args, after: delay, uniqueKey: uniqueKey))
        // A notification costs every committer a turn at one lock, so only what is due now is told.
        if delay == .zero { try await db.execute(Self.wakeStatement(kind.lane)) }
    }

    /// ``enqueue(_:_:after:uniqueKey:)`` as a statement for a batch; workers find it by polling.
    public static func enqueueStatement<Args>(
        _ kind: JobKind<Args>, _ args: Args, after delay: Duration = .zero,
        uniqueKey: String? = nil
    ) -> SQL {
        """
        insert into job (lane, kind, args, unique_key, attempts_max, run_at)
        values (\(kind.lane), \(kind.name), \(JSON(args)), \(uniqueKey), \(kind.attemptsMax),
            now() + \(delay.wholeMilliseconds)::bigint * interval '1 millisecond')
        on conflict (kind, unique_key) where state in ('ready', 'running')
            and unique_key is not null
        do update set run_at = least(job.run_at, excluded.run_at), again = job.state = 'running'
        """
    }

    /// Wakes the workers of a lane when this transaction commits. A hint: they poll anyway.
    public static func wakeStatement(_ lane: JobLane) -> SQL {
        "select pg_notify('jobs', \(lane)::text)"
    }

    /// Claims what is due, the oldest of each lane first, as many as there are free slots.
    func claim(
        _ lanes: [JobLane], _ slots: LaneSlots, lease: Duration
    ) async throws -> [ClaimedJob] {
        try await db.query(
            """
            with due as materialized (
                select job.id, job.run_at, lane.own,
                    row_number() over (partition by lane.name order by job.run_at, job.id) as place
                from unnest(\(lanes.map(\.rawValue))::text[], \(slots.own)::integer[],
                    \(slots.most)::integer[]) lane(name, own, most)
                cross join lateral (
                    select id, run_at from job
                    where job.lane = lane.name and state = 'ready' and run_at <= now()
                    order by run_at, id
                    limit least(lane.most, lane.own + \(slots.shared)::bigint)
                    for update skip locked
                ) job
            ), chosen as (
                select id from due where place <= own
                union all
                (select id from due where place > own order by run_at, id
                    limit \(slots.shared)::bigint)
            )
            update job set state = 'running', attempt = attempt + 1, lease = gen_random_uuid(),
                leased_until = now() + \(lease.wholeMilliseconds)::bigint * interval '1 millisecond'
            from chosen where job.id = chosen.id
            returning job.id, job.lane, job.kind, job.args, job.attempt, job.lease
            """
        ).decode { c in
            try ClaimedJob(
                id: c.next(), lane: c.next(), kind: c.next(), args: c.next(), attempt: c.next(),
                lease: c.next())
        }
    }

    /// Extends the leases that are still held and returns their jobs.
    func heartbeat(_ held: [(id: Int64, lease: String)], _ lease: Duration) async throws -> [Int64]
    {
        try await db.query(
            """
            update job
            set leased_until = now() + \(lease.wholeMilliseconds)::bigint * interval '1 millisecond'
            from unnest(\(held.map(\.id))::bigint[], \(held.map(\.lease))::uuid[]) held(id, lease)
            where job.id = held.id and job.lease = held.lease and state = 'running'
            returning job.id
            """
        ).decode { c in try c.next() }
    }

    /// Ends a job whose lease is still held; false when it is not.
    func finish(_ id: Int64, lease: String) async throws -> Bool {
        try await db.execute(
            """
            update job
            set state = case when again then 'ready' else 'done' end,
                finished_at = case when again then null else now() end,
                attempt = case when again then 0 else attempt end,
                run_at = case when again then now() else run_at end,
                again = false, lease = null, leased_until = null, error = null
            where id = \(id) and lease = \(lease)::uuid and state = 'running'
            """) == 1
    }

    /// Puts a job back, to run after `delay`; this try does not count.
    func snooze(_ id: Int64, lease: String, _ delay: Duration) async throws {
        try await db.execute(
            """
            update job set state = 'ready', lease = null, leased_until = null, again = false,
                attempt = greatest(attempt - 1, 0),
                run_at = case when again then now() else
                    now() + \(delay.wholeMilliseconds)::bigint * interval '1 millisecond' end
            where id = \(id) and lease = \(lease)::uuid and state = 'running'
            """)
    }

    /// Records a failed try: again later, twice as late each time up to an hour, or dead. What was
    /// asked for while its last try ran is done once more, by a job of its own: the one that failed
    /// stays dead, so that somebody looks at it.
    func fail(_ id: Int64, lease: String, error: String, forGood: Bool) async throws {
        try await db.execute(
            """
            with held as materialized (
                select id, again, \(forGood) or attempt >= attempts_max as is_over
                from job where id = \(id) and lease = \(lease)::uuid and state = 'running'
                for update
            ), failed as (
                update job
                set state = case when held.is_over then 'dead' else 'ready' end,
                    finished_at = case when held.is_over then now() end,
                    run_at = now() + least(3600, power(2, least(attempt, 12)))
                        * (0.5 + random()) * interval '1 second',
                    again = false, lease = null, leased_until = null,
                    error = left(\(error), 2000)
                from held where job.id = held.id
                returning job.*, held.again and held.is_over as goes_on
            )
            \(Self.insertAgain)
            """)
    }

    /// What `failed` had asked for meanwhile. Not at once: what asks in every try that fails would
    /// turn like a mill.
    private static let insertAgain: SQL = """
        insert into job (lane, kind, args, unique_key, attempts_max, run_at)
        select lane, kind, args, unique_key, attempts_max,
            now() + (0.5 + random()) * interval '1 second'
        from failed where goes_on
        """

    /// Frees the jobs of workers that went silent; they may have stopped at any line. Those that
    /// were asked for meanwhile go on as in ``fail(_:lease:error:forGood:)``.
    /// - Returns: how many.
    func reap() async throws -> Int {
        try await db.query(
            """
            with silent as materialized (
                select id, again, attempt >= attempts_max as is_over
                from job where state = 'running' and leased_until < now()
                limit 100 for update skip locked
            ), failed as (
                update job
                set state = case when silent.is_over then 'dead' else 'ready' end,
                    finished_at = case when silent.is_over then now() end,
                    run_at = now(), again = false, lease = null, leased_until = null,
                    error = 'its worker went silent'
                from silent where job.id = silent.id
                returning job.*, silent.again and silent.is_over as goes_on
            ), asked as (
                \(Self.insertAgain)
            )
            select count(*) from failed
            """
        ).decode { c in try c.next(Int.self) }.first ?? 0
    }

    /// Forgets what was done more than a day ago and what was given up three months ago.
    /// - Returns: how many; ``sweepMax`` when there may be more.
    func sweep() async throws -> Int {
        try await db.execute(
            """
            delete from job where id in (
                (select id from job
                where state = 'done' and finished_at < now() - interval '1 day'
                order by finished_at limit \(Self.sweepMax)::bigint)
                union all
                (select id from job
                where state = 'dead' and finished_at < now() - interval '90 days'
                order by finished_at limit \(Self.sweepMax)::bigint))
            """)
    }

    /// Rows that one statement forgets.
    static let sweepMax = 10_000

    /// Those of `names` whose interval is over; each is given to one caller.
    func takeTurns(_ names: [String], every intervals: [Duration]) async throws -> [String] {
        try await db.query(
            """
            insert into recurring_job (name, next_at)
            select name, now() + milliseconds * interval '1 millisecond'
            from unnest(\(names)::text[], \(intervals.map(\.wholeMilliseconds))::bigint[])
                as turn(name, milliseconds)
            order by name
            on conflict (name) do update set next_at = excluded.next_at
            where recurring_job.next_at <= now()
            returning name
            """
        ).decode { c in try c.next() }
    }

    /// What was given up, newest first.
    public func listDead(_ page: PageRequest) async throws -> Page<DeadJob> {
        let before = page.after.flatMap { Int64($0) } ?? Int64.max
        let rows = try await db.query(
            """
            select id, kind, args, attempt, coalesce(error, ''), created_at, finished_at
            from job where state = 'dead' and id < \(before)
            order by id desc limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            try DeadJob(
                id: c.next(), kind: c.next(), args: c.next(), attempts: c.next(), error: c.next(),
                createdAt: c.next(), finishedAt: c.next())
        }
        return Page(rows, limit: page.limit) { String($0.id) }
    }

    /// Makes a dead job ready again with all its tries; false when it is not dead.
    public func redrive(_ id: Int64) async throws -> Bool {
        try await db.execute(
            """
            update job set state = 'ready', attempt = 0, run_at = now(), finished_at = null
            where id = \(id) and state = 'dead'
            """) == 1
    }

    /// How many jobs of each lane are due and not taken, and for how many seconds the oldest.
    public func backlog() async throws -> [JobBacklog] {
        try await db.query(
            """
            select lane.name, due.count, extract(epoch from now() - due.oldest)::bigint
            from unnest(\(JobLane.allCases.map(\.rawValue))::text[]) lane(name)
            cross join lateral (
                select count(*) as count, min(run_at) as oldest from (
                    select run_at from job
                    where job.lane = lane.name and state = 'ready' and run_at <= now()
                    order by run_at limit \(JobBacklog.countMax)::bigint
                ) ready
            ) due
            where due.count > 0 order by lane.name
            """
        ).decode { c in
            try JobBacklog(lane: c.next(), ready: c.next(), oldestSeconds: c.next())
        }
    }
}

/// What waits in a lane; counted up to ``countMax``.
public struct JobBacklog: Sendable {
    public static let countMax = 10_000

    public let lane: JobLane
    public let ready: Int
    public let oldestSeconds: Int
}

extension Queryable {
    public var jobs: JobStore { JobStore(db: self) }
}

extension Duration {
    /// Whole milliseconds, for SQL intervals.
    var wholeMilliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
