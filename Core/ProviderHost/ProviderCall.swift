import Logging
import ProviderKit
import Vocabulary

/// What a call may have done when no answer came.
enum CallEffect: Sendable {
    /// Nothing: asking again is free.
    case none
    /// Money may have moved.
    case money
}

/// How every call to a module is made: within its deadline, through the instance's circuit
/// breaker, and with its answer looked at before anybody believes it.
struct ProviderCall: Sendable {
    let instanceID: String
    let moduleKey: String
    let line: any ProviderLine
    let breaker: CircuitBreaker
    let logger: Logger
    /// Where it is counted, if anywhere.
    var tally: CallTally?

    /// The same without regard to what went before, and without telling it.
    var unbroken: ProviderCall {
        ProviderCall(
            instanceID: instanceID, moduleKey: moduleKey, line: line, breaker: CircuitBreaker(),
            logger: logger, tally: tally)
    }

    /// Asks `question`. `reading` takes the answer out of the reply, nil when it is another one;
    /// `sanity` says what is wrong with it, or nil.
    ///
    /// A money call that hangs, or answers nonsense, is `ambiguous`; anything else that does is
    /// `unavailable`.
    func perform<Answer: Sendable>(
        _ question: ProviderQuestion, _ operation: String, _ effect: CallEffect,
        _ context: OperationContext, as reading: (ProviderReply) -> Answer?,
        sanity: (Answer) -> String? = { _ in nil }
    ) async throws(ProviderError) -> Answer {
        guard breaker.admits(atCheckout: question.isAtCheckout) else {
            throw .heldBack(moduleKey, for: breaker.holdSeconds)
        }
        let began = ContinuousClock.now
        do throws(ProviderError) {
            let reply = try await ask(question, context, late: doubt(effect, "no answer in time"))
            guard let answer = reading(reply) else {
                throw doubt(effect, "the answer made no sense: it is to another question")
            }
            if let nonsense = sanity(answer) {
                throw doubt(effect, "the answer made no sense: \(nonsense)")
            }
            // What a module can know by itself says nothing about its provider.
            if question.isForProvider {
                breaker.answered(atCheckout: question.isAtCheckout)
                tally?.record(instanceID, hasFailed: false, took: ContinuousClock.now - began)
            } else {
                breaker.unanswered()
            }
            note(operation, context, began, .debug, "ok")
            return answer
        } catch {
            let isHosts = HostFault.explains(error)
            let error = settled(error, effect).writable
            if isHosts {
                breaker.unanswered(atCheckout: question.isAtCheckout)
            } else {
                tell(breaker, of: error, after: question)
                // Strangers, too, can have a module look at what they call a webhook.
                if question.isForProvider {
                    tally?.record(
                        instanceID, hasFailed: error.isFailure, took: ContinuousClock.now - began)
                }
            }
            note(operation, context, began, .notice, error.description)
            throw error
        }
    }

    private func ask(
        _ question: ProviderQuestion, _ context: OperationContext, late: ProviderError
    ) async throws(ProviderError) -> ProviderReply {
        guard line.keepsDeadlines else {
            return try await cutOff(at: context.deadline, late: late, on: .shared) {
                [line] () throws(ProviderError) in try await line.ask(question, context)
            }
        }
        do throws(ProviderError) { return try await line.ask(question, context) } catch {
            throw error == HostFault.late ? late : error
        }
    }

    /// A provider that refuses our credentials serves nobody, as one does that does not answer.
    private func tell(
        _ breaker: CircuitBreaker, of error: ProviderError, after question: ProviderQuestion
    ) {
        let atCheckout = question.isAtCheckout
        switch error {
        case .unavailable, .ambiguous: breaker.failed(atCheckout: atCheckout)
        // A stranger's webhook has no signature, and that says nothing about the provider.
        case _ where !question.isForProvider: breaker.unanswered()
        case .misconfigured: breaker.failed(atCheckout: atCheckout)
        case .invalidRequest where question.isStart: breaker.refused()
        case .declined, .invalidRequest, .unsupported, .signatureInvalid:
            breaker.answered(atCheckout: atCheckout)
        }
    }

    /// A call that changes nothing can leave nothing in doubt.
    private func settled(_ error: ProviderError, _ effect: CallEffect) -> ProviderError {
        guard effect == .none, case .ambiguous(let message) = error else { return error }
        return .unavailable(message: message, retryAfterSeconds: nil)
    }

    private func doubt(_ effect: CallEffect, _ message: String) -> ProviderError {
        switch effect {
        case .none: .unavailable(message: message, retryAfterSeconds: nil)
        case .money: .ambiguous(message: message)
        }
    }

    private func note(
        _ operation: String, _ context: OperationContext, _ began: ContinuousClock.Instant,
        _ level: Logger.Level, _ outcome: String
    ) {
        let took = ContinuousClock.now - began
        logger.log(
            level: level, "provider.called",
            metadata: [
                "module": "\(moduleKey)", "instance": "\(instanceID)",
                "operation": "\(operation)", "attempt": "\(context.attempt)",
                "key": "\(context.idempotencyKey)", "request": "\(context.requestID)",
                "outcome": "\(outcome.prefix(300))", "took": "\(took)",
            ])
    }
}

extension ProviderError {
    /// The same in texts that can be kept and shown, however long a module's are.
    fileprivate var writable: ProviderError {
        switch self {
        case .declined(let code, let message, let mayRetry):
            .declined(
                code: Self.writable(code), message: Self.writable(message), mayRetry: mayRetry)
        case .invalidRequest(let code, let message):
            .invalidRequest(code: Self.writable(code), message: Self.writable(message))
        case .misconfigured(let message): .misconfigured(message: Self.writable(message))
        case .unavailable(let message, let seconds):
            .unavailable(message: Self.writable(message), retryAfterSeconds: seconds)
        case .ambiguous(let message): .ambiguous(message: Self.writable(message))
        case .unsupported(let operation): .unsupported(operation: Self.writable(operation))
        case .signatureInvalid: self
        }
    }

    private static func writable(_ text: String) -> String {
        guard Sanity.words(text) != nil else { return text }
        var kept = String.UnicodeScalarView()
        kept.append(contentsOf: text.unicodeScalars.prefix(1000).filter { $0.value != 0 })
        return String(kept)
    }

    /// Whether it says that something is wrong with the provider, its settings or what we ask,
    /// rather than with the customer's card or with who sent a webhook.
    fileprivate var isFailure: Bool {
        switch self {
        case .unavailable, .ambiguous, .misconfigured, .invalidRequest: true
        case .declined, .unsupported, .signatureInvalid: false
        }
    }
}
