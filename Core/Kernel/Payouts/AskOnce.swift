import ProviderHost
import ProviderKit
import Vocabulary

/// What one try to have a provider do something came to.
enum AskedAnswer<Answer: Sendable>: Sendable {
    /// It was done, now or by a try before.
    case done(Answer)
    /// Nobody was asked: somebody else has gone on with it, or it is over.
    case left
    /// `mayHaveArrived`: something that was asked before was not answered, and may be on its way.
    case failed(ProviderError, mayHaveArrived: Bool)
}

extension Marketplace {
    /// Asks a provider to do what is marked as asked or, when it was asked before and nobody knows
    /// what became of it, looks it up first. Of two who do so at once, only the one who came last
    /// asks. To be called outside of any transaction.
    /// - Parameter before: as it was before it was marked.
    func askOnce<Store: AskedOnceStore, Answer: Sendable>(
        _ before: Store.Asked, in store: Store, at instance: ID<ProviderInstance>,
        _ operation: CrashStep.Operation,
        lookUp: (GuardedPayment, OperationContext) async throws(ProviderError) -> Answer?,
        ask: (GuardedPayment, OperationContext) async throws(ProviderError) -> Answer
    ) async throws -> AskedAnswer<Answer> {
        var doubt: CallDoubt?
        // Its deadline begins before the doubt: whoever sleeps after it wakes too late to ask.
        let context = OperationContext(
            idempotencyKey: "\(before.id)", attempt: before.tries + 1,
            deadline: Instant.systemNow.advanced(by: settings.callDeadline),
            requestID: "\(before.id)", firstMadeAt: before.id.madeAt)
        do {
            let provider = try await providers.payment(instance)
            if before.state != .intent {
                do throws(ProviderError) {
                    if let known = try await lookUp(provider, context) { return .done(known) }
                } catch {
                    // Nobody knows what became of the call, whatever is wrong with the question.
                    return .failed(.ambiguous(message: "\(error)"), mayHaveArrived: true)
                }
            }
            guard let asked = try await store.doubt(before.id, try: before.tries + 1) else {
                return .left
            }
            doubt = asked
            reach(operation, .beforeCall)
            let answer = try await ask(provider, context)
            reach(operation, .afterCall)
            return .done(answer)
        } catch let error as ProviderError {
            var mayHaveArrived = (doubt.map(\.before) ?? before.inDoubtAt)?.mayStillArrive ?? false
            if let doubt, !error.isAmbiguous,
                try await !store.answered(before.id, doubt)
            {
                mayHaveArrived = true
            }
            return .failed(error, mayHaveArrived: mayHaveArrived)
        }
    }
}

extension ProviderError {
    /// What whoever asked reads of a refusal; nil where nobody refused.
    /// - Parameter unable: what a provider is told that cannot do it at all.
    func refusal(unable: PayoutRefusal) -> String? {
        let words =
            switch self {
            case .declined(_, let message, _), .invalidRequest(_, let message): message
            case .unsupported: unable.explanation
            default: String?.none
            }
        return words.map { String($0.prefix(500)) }
    }
}
