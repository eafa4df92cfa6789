import Logging
import ProviderHost
import ProviderKit
import Vocabulary

/// What providers are asked about by the clock, because a webhook may have been lost.
extension Marketplace {
    /// Runs `body` for each payment provider that was ever used and that is `wanted`. One that does
    /// not answer must not keep the others from being asked.
    /// - Parameter failed: what the log calls one that could not be asked.
    /// - Returns: the sum of what `body` returned.
    func atEachPaymentProvider(
        _ failed: String, where wanted: (GuardedPayment) -> Bool,
        _ body: (ProviderInstance, GuardedPayment) async throws -> Int
    ) async throws -> Int {
        var sum = 0
        for instance in try await database.providers.tables().instances
        where instance.kind == .payment && instance.state != .draft {
            do {
                let provider = try await providers.payment(instance.id)
                guard wanted(provider) else { continue }
                sum += try await body(instance, provider)
            } catch {
                logger.warning(
                    "\(failed)", metadata: ["instance": "\(instance.id)", "error": "\(error)"])
            }
        }
        return sum
    }

    /// Asks for what is due at one provider, one after the other, at most `most`. Whoever claims
    /// something has it counted as unanswered, so that one that fails has its next turn in minutes,
    /// and the next one is asked for.
    /// - Parameters:
    ///   - claim: the next one that is due; nil when none is.
    ///   - failed: what the log calls one that could not be asked for, and `name` its subject.
    /// - Returns: how many times `ask` returned true.
    /// - Throws: what `ask` does when the provider does not answer at all.
    func askInTurn<Turn>(
        most: Int, failed: String, name: (Turn) -> String, claim: () async throws -> Turn?,
        ask: (Turn) async throws -> Bool
    ) async throws -> Int {
        var count = 0
        for _ in 0..<most {
            guard let turn = try await claim() else { break }
            do {
                if try await ask(turn) { count += 1 }
            } catch {
                logger.warning(
                    "\(failed)", metadata: ["subject": "\(name(turn))", "error": "\(error)"])
                if case ProviderError.unavailable = error { throw error }
            }
        }
        return count
    }
}
