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
                least(2 ^ least(tries - held_tries, 10), 600), \(seconds)::integer)
        where id = \(id) and state not in ('succeeded', 'declined', 'failed')
        """
    }

    /// Tries again later, after this went wrong.
    static func retryStatement(
        _ id: ID<PaymentAttempt>, _ state: PaymentAttempt.State, after error: ProviderError
    ) -> SQL {
        guard case .unavailable(_, let plea?) = error else {
            return retryStatement(id, state, error: "\(error)")
        }
        let seconds = min(max(0, plea), pleaMax)
        return error.isHeldBack
            ? holdStatement(id, state, error: "\(error)", seconds)
            : retryStatement(id, state, error: "\(error)", noSoonerThan: seconds)
    }

    /// Tries again when the provider may be back. Nothing was sent, so that this counts as no try:
    /// it would be long until the next one when the provider has been back for a while. They do not
    /// come back all at once: only the first would be let out.
    private static func holdStatement(
        _ id: ID<PaymentAttempt>, _ state: PaymentAttempt.State, error: String, _ seconds: Int
    ) -> SQL {
        """
        update payment_attempt set state = \(state), error = \(error), held_tries = held_tries + 1,
            next_try_at = now() + (1 + random() / 2) * least(
                greatest(
                    (now() - coalesce(first_sent_at, created_at)) / 4,
                    \(seconds)::integer * interval '1 second'),
                interval '10 minutes')
        where id = \(id) and state not in ('succeeded', 'declined', 'failed')
        """
    }
}
