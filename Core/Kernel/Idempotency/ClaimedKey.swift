import Postgres
import Synchronization

/// A key that was claimed, on its way through the operation that it stands for.
public final class ClaimedKey: Sendable {
    public let key: OnceKey
    private let state: Mutex<(isWritten: Bool, answer: OnceAnswer?)>

    /// - Parameter isWritten: whether the claim stands in the database; if not, the operation
    ///   writes it together with its first effect, which saves a commit.
    public init(_ key: OnceKey, isWritten: Bool = true) {
        self.key = key
        state = Mutex((isWritten, nil))
    }

    public var isWritten: Bool { state.withLock { $0.isWritten } }

    /// The answer that was committed with the operation's effect; nil while none was.
    public var kept: OnceAnswer? { state.withLock { $0.answer } }

    func written() { state.withLock { $0.isWritten = true } }

    fileprivate func keep(_ kept: OnceAnswer) { state.withLock { $0 = (true, kept) } }
}

/// Somebody claimed the key between our look and our effect, of which nothing is left.
public struct OnceKeyTaken: Error {}

/// What a request is answered with once its effect is certain. An operation that knows its answer
/// before it commits keeps it in the same transaction: effect and answer are there together or not
/// at all, and the answer needs no commit of its own.
public struct AnswerOnce<Effect: Sendable>: Sendable {
    let claim: ClaimedKey
    let answer: @Sendable (Effect) throws -> OnceAnswer

    public init(
        _ claim: ClaimedKey, _ answer: @escaping @Sendable (Effect) throws -> OnceAnswer
    ) {
        self.claim = claim
        self.answer = answer
    }

    func ready(for effect: Effect) throws -> ReadyAnswer {
        ReadyAnswer(claim: claim, answer: try answer(effect))
    }

    /// Writes the claim with the first of several effects; nil when it is written.
    func claimStatement(for lifetime: Duration) -> SQL? {
        claim.isWritten ? nil : OnceStore.claimStatement(claim.key, lifetime: lifetime)
    }
}

/// An answer on its way into the transaction of its effect.
struct ReadyAnswer: Sendable {
    let claim: ClaimedKey
    let answer: OnceAnswer

    var statement: SQL {
        claim.isWritten
            ? OnceStore.finishStatement(claim.key, answer)
            : OnceStore.insertStatement(claim.key, answer)
    }

    func committed() { claim.keep(answer) }
}
