import Postgres
import Synchronization

/// A key that was claimed, on its way through the operation that it stands for.
public final class ClaimedKey: Sendable {
    public let key: OnceKey
    private let answer = Mutex<OnceAnswer?>(nil)

    public init(_ key: OnceKey) { self.key = key }

    /// The answer that was committed with the operation's effect; nil while none was.
    public var kept: OnceAnswer? { answer.withLock { $0 } }

    fileprivate func keep(_ kept: OnceAnswer) { answer.withLock { $0 = kept } }
}

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
}

/// An answer on its way into the transaction of its effect.
struct ReadyAnswer {
    let claim: ClaimedKey
    let answer: OnceAnswer

    var statement: SQL { OnceStore.finishStatement(claim.key, answer) }

    func committed() { claim.keep(answer) }
}
