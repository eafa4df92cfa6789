import Postgres
import ProviderHost
import ProviderKit
import Vocabulary

extension AttemptStore {
    /// No longer is waited, whatever a provider asks for, in seconds.
    static let pleaMax = 3600

    /// Tries again later, further apart each time: 2 seconds to 10 minutes.
    /// - Parameter seconds: no sooner than after so long.
    static func retryStatement(
        _ id: ID<PaymentAttempt>, _ state: PaymentAttempt.State, error: String,
        noSoonerThan seconds: Int = 0
    ) -> SQL {
        """
        update payment_attempt set state = \(state), error = \(error),
            next_try_at = now() + interval '1 second' * greatest(
                least(2 ^ least(greatest(tries - held_tries, 1), 10), 600), \(seconds)::integer)
        where id = \(id) and state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Tries again later, after this went wrong. What was held back is tried again when its
    /// provider may be back. Nothing was sent, so that it counts as no try: else it would wait for
    /// long when the provider has been back for a while. They do not come back all at once, since
    /// only the first would be let out.
    /// - Parameter isClaimed: whether somebody claimed it for this, which counted a try. Who did
    ///   not leaves it to the worker when it is tried again after being held back.
    static func retryStatement(
        _ id: ID<PaymentAttempt>, _ state: PaymentAttempt.State, after error: ProviderError,
        isClaimed: Bool = true
    ) -> SQL {
        var plea = 0
        if case .unavailable(_, let seconds?) = error { plea = min(max(0, seconds), pleaMax) }
        guard error.isHeldBack else {
            return retryStatement(id, state, error: "\(error)", noSoonerThan: plea)
        }
        let next: SQL =
            isClaimed
            ? """
            , held_tries = held_tries + 1,
                next_try_at = now() + (1 + random() / 2) * \(plea)::integer * interval '1 second'
            """ : ""
        return """
            update payment_attempt set state = \(state), error = \("\(error)")\(next)
            where id = \(id) and state not in ('succeeded', 'declined', 'failed')
            """
    }
}
