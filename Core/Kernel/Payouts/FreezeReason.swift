/// Why the market by itself froze a seller's payouts, in the language of the page or letter.
public enum FreezeReason {
    static let keys = ["A failed payout was paid: {1}"]
    private static let sentences = KnownSentences(keys)

    /// - Parameter reason: what somebody typed stays as it is.
    public static func said(_ reason: String) -> String { sentences.said(reason) }
}
