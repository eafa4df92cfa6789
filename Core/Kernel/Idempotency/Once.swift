import Postgres
import Vocabulary

/// A request that must happen at most once: who asked, under which key, and for what.
public struct OnceKey: Hashable, Sendable {
    /// Who: `account:<id>`, `guest:<hash of the session>`. Keys of different people never meet.
    public let actor: String
    /// What the client chose.
    public let key: String
    /// SHA-256 of method, route and body: the same key with another body is a mismatch.
    public let fingerprint: [UInt8]
    /// Method and route pattern, for people who look into the table.
    public let route: String

    public init(actor: String, key: String, fingerprint: [UInt8], route: String) {
        self.actor = actor
        self.key = key
        self.fingerprint = fingerprint
        self.route = route
    }

    /// The longest key that is taken.
    public static let lengthMax = 255
}

/// What the first request was answered with, for those that repeat it.
public struct OnceAnswer: Hashable, Sendable {
    public let status: Int
    public let contentType: String?
    public let location: String?
    public let body: [UInt8]

    public init(status: Int, contentType: String?, location: String?, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.location = location
        self.body = body
    }
}

/// What became of claiming a key.
public enum OnceClaim: Hashable, Sendable {
    /// Go ahead, then ``Once/finish(_:_:)`` or ``Once/abandon(_:)``.
    case fresh
    /// It happened before; this is what was answered.
    case replay(OnceAnswer)
    /// The first request is still under way; ask again shortly.
    case inProgress
    /// The key was used for something else.
    case mismatch
    /// The first request changed something and was broken off before it was answered. Whether all
    /// of it is done is for a person to look at; it is not done again.
    case interrupted
}

/// Runs a request at most once per key, and answers its repeats with the first answer.
///
/// A process that dies under way leaves the key claimed until ``claimLifetime`` is over; whoever
/// claims it then gets `fresh` if nothing was changed, and `interrupted` if something was: the
/// first change is committed together with a mark on the key, see ``acting(on:_:)``. An operation
/// that may be carried out again needs no mark, as it has a unique key of its own, and none that
/// keeps its answer with its effect, see ``beginWithEffect(_:)``.
public struct Once: Sendable {
    /// How long repeats are answered: past a long weekend.
    public static let answerLifetimeDays = 7

    let store: OnceStore
    /// Longer than any request may take.
    let claimLifetime: Duration

    /// Claims `key`: exactly one of any number of concurrent callers gets `fresh`.
    public func begin(_ key: OnceKey) async throws -> OnceClaim {
        if try await store.claim(key, lifetime: claimLifetime) { return .fresh }
        guard let known = try await store.find(key) else { return .inProgress }
        guard known.fingerprint == key.fingerprint else { return .mismatch }
        if known.isInterrupted { return .interrupted }
        return known.answer.map { .replay($0) } ?? .inProgress
    }

    /// Runs `work` so that the first change that it commits in the database, and the mark that
    /// there was one, are there together or not at all.
    @discardableResult
    public func acting<Value: Sendable>(
        on claim: ClaimedKey, _ work: @Sendable () async throws -> Value
    ) async throws -> Value {
        let mark = FirstWriteMark(OnceStore.actedStatement(claim.key))
        return try await FirstWriteMark.$current.withValue(mark, operation: work)
    }

    /// As ``begin(_:)`` for an operation that keeps its answer with its effect: a key that nobody
    /// has used is claimed together with that. Where two come at once, the later one's effect
    /// fails as a whole, with ``OnceKeyTaken``.
    public func beginWithEffect(
        _ key: OnceKey
    ) async throws -> (outcome: OnceClaim, claim: ClaimedKey) {
        let claim = ClaimedKey(key, isWritten: false)
        guard try await store.find(key) != nil else { return (.fresh, claim) }
        let outcome = try await begin(key)
        if outcome == .fresh { claim.written() }
        return (outcome, claim)
    }

    /// Writes a claim now, for an effect that must not happen beside a twin's.
    /// - Throws: ``OnceKeyTaken``.
    func secure(_ claim: ClaimedKey) async throws {
        guard !claim.isWritten else { return }
        guard try await store.claim(claim.key, lifetime: claimLifetime) else {
            throw OnceKeyTaken()
        }
        claim.written()
    }

    /// Keeps the answer to what had no effect that it could be kept with.
    /// - Throws: ``OnceKeyTaken`` when a twin was first: its answer is the one to give.
    public func finish(_ claim: ClaimedKey, _ answer: OnceAnswer) async throws {
        guard !claim.isWritten else { return try await store.finish(claim.key, answer) }
        guard try await store.insert(claim.key, answer) else { throw OnceKeyTaken() }
        claim.written()
    }

    /// Gives the key back, so that the same request may be tried again.
    public func abandon(_ claim: ClaimedKey) async throws {
        if claim.isWritten { try await store.abandon(claim.key) }
    }

    /// After a fault: the same request may be tried again, unless it has changed something.
    public func interrupt(_ claim: ClaimedKey) async throws {
        if claim.isWritten { try await store.interrupt(claim.key) }
    }

    /// Keeps the answer. Only definite answers belong here: not a 5xx, not "try again".
    public func finish(_ key: OnceKey, _ answer: OnceAnswer) async throws {
        try await store.finish(key, answer)
    }

    /// Gives the key back, so that the same request may be tried again.
    public func abandon(_ key: OnceKey) async throws {
        try await store.abandon(key)
    }

    /// Forgets answers that are too old to be asked for.
    /// - Returns: how many; ten thousand when there may be more.
    @discardableResult
    public func sweep() async throws -> Int {
        try await store.sweep(days: Self.answerLifetimeDays)
    }
}

extension Marketplace {
    public var once: Once {
        Once(store: OnceStore(db: database), claimLifetime: settings.onceClaim)
    }
}
