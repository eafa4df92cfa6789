import Postgres
public import Vocabulary

/// A dispute at a provider that nobody could make sense of.
public struct DisputeSetAside: Hashable, Sendable {
    /// The provider's id of it.
    public let reference: String
    /// Why, in a sentence.
    public let problem: String
    /// Since when.
    public let since: Instant
}

/// The same with the provider where it is.
public struct ListedDisputeSetAside: Hashable, Sendable {
    public let dispute: DisputeSetAside
    public let instance: ID<ProviderInstance>
    public let provider: String
}

/// Disputes that are set aside until they can be read.
extension DisputeStore {
    /// A provider whose every dispute is nonsense needs no longer list than this to be looked at.
    static let setAsideMax = 1000
    /// Of so many at one provider people are told one by one; then the list says how many there
    /// are.
    static let toldMax = 20
    private static let problemMax = 500

    /// What setting one aside changed.
    enum SetAside: Hashable, Sendable {
        case nothing
        /// It was there, with another problem.
        case otherProblem
        /// So many are set aside at the provider with it, counted up to one more than `toldMax`.
        case new(count: Int)
    }

    /// Others who set aside at the instance wait from here on until this transaction ends: how many
    /// there are is counted before one more is kept.
    func lockSetAside(at instance: ID<ProviderInstance>) async throws {
        try await db.execute(
            "select pg_advisory_xact_lock(hashtextextended(\("aside:\(instance)"), 0))")
    }

    /// To be called after ``lockSetAside(at:)``.
    func setAside(
        _ reference: String, _ problem: String, at instance: ID<ProviderInstance>
    ) async throws -> SetAside {
        let words = String(problem.prefix(Self.problemMax))
        let isNew = try await db.query(
            """
            insert into dispute_quarantine as old (instance_id, reference, problem)
            select \(instance), \(reference)::text, \(words.isEmpty ? "?" : words)::text
            where (
                select count(*) from (
                    select from dispute_quarantine where instance_id = \(instance)
                        and reference <> \(reference) limit \(Self.setAsideMax)::bigint
                ) kept) < \(Self.setAsideMax)::bigint
            on conflict (instance_id, reference) do update
                set problem = excluded.problem
                where old.problem <> excluded.problem
            returning xmax = 0
            """
        ).decode { c in try c.next(Bool.self) }.first
        guard let isNew else { return .nothing }
        guard isNew else { return .otherProblem }
        let count = try await db.query(
            """
            select count(*) from (
                select from dispute_quarantine where instance_id = \(instance)
                limit \(Self.toldMax + 1)::bigint
            ) kept
            """
        ).decode { c in try c.next(Int.self) }.first
        return .new(count: count ?? 0)
    }

    /// It was read, or is about nothing of ours.
    func takeBack(_ reference: String, at instance: ID<ProviderInstance>) async throws {
        try await db.execute(
            """
            delete from dispute_quarantine
            where instance_id = \(instance) and reference = \(reference)
            """)
    }

    /// The provider's id of the one whose turn is the longest ago; nil when it is none's. It counts
    /// as unanswered until ``noteAnswered(_:at:againInHours:)``.
    /// - Parameter hours: no turn is later than that.
    func claimUnread(
        at instance: ID<ProviderInstance>, againInHours hours: Int
    ) async throws -> String? {
        try await db.query(
            """
            update dispute_quarantine
            set due_at = now() + \(SQL.nextTurn(after: "unanswered", within: hours)),
                unanswered = \(SQL.oneMore(than: "unanswered"))
            where instance_id = \(instance) and reference = (
                select reference from dispute_quarantine
                where instance_id = \(instance) and due_at < now()
                order by due_at limit 1 for update skip locked)
            returning reference
            """
        ).decode { c in try c.next(String.self) }.first
    }

    /// The newest first.
    func setAside(at instance: ID<ProviderInstance>, limit: Int) async throws -> [DisputeSetAside] {
        try await db.query(
            """
            select reference, problem, first_seen_at from dispute_quarantine
            where instance_id = \(instance) order by first_seen_at desc, reference
            limit \(limit)::bigint
            """
        ).decode { c in
            try DisputeSetAside(reference: c.next(), problem: c.next(), since: c.next())
        }
    }

    /// At every provider or at one, the newest first.
    func setAside(
        at instance: ID<ProviderInstance>?, _ page: PageRequest
    ) async throws -> Page<ListedDisputeSetAside> {
        let there: SQL = instance.map { "d.instance_id = \($0)" } ?? "true"
        let rows = try await db.query(
            """
            select d.reference, d.problem, d.first_seen_at, d.instance_id, provider_instance.name
            from dispute_quarantine d
            join provider_instance on provider_instance.id = d.instance_id
            where \(there) and \(Self.setAsideAfter(page))
            order by d.first_seen_at desc, d.instance_id desc, d.reference desc
            limit \(page.limit + 1)::bigint
            """
        ).decode { c in
            ListedDisputeSetAside(
                dispute: try DisputeSetAside(
                    reference: c.next(), problem: c.next(), since: c.next()),
                instance: try c.next(), provider: try c.next())
        }
        return Page(rows, limit: page.limit) {
            "\($0.dispute.since)|\($0.instance)|\($0.dispute.reference)"
        }
    }

    private static func setAsideAfter(_ page: PageRequest) -> SQL {
        let key = page.after?.split(separator: "|", maxSplits: 2).map(String.init) ?? []
        guard key.count == 3, let since = Instant(key[0]),
            let instance = ID<ProviderInstance>(key[1])
        else { return "true" }
        return """
            (d.first_seen_at, d.instance_id, d.reference)
                < (\(since)::timestamptz, \(instance)::uuid, \(key[2])::text)
            """
    }
}
