import Postgres

/// How long to wait with asking a provider again of what it is asked about by the clock.
extension SQL {
    /// An interval, for what is due that far from now: ten minutes after the first question that
    /// was not answered, each time twice as long, and never longer than `hours`.
    /// - Parameter unanswered: an expression that says how many were not, before this one.
    static func nextTurn(after unanswered: SQL, within hours: Int) -> SQL {
        "(interval '1 minute' * least(60 * \(hours)::bigint, 10 * 2 ^ (\(unanswered))))"
    }

    /// One question more that was not answered yet, counted up to where it makes no difference.
    static func oneMore(than unanswered: SQL) -> SQL { "least(\(unanswered) + 1, 30)" }
}
