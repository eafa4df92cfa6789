import Kernel

/// Why the market by itself froze a seller's payouts, in the language of the page.
public enum FreezeReason {
    private static let sentences = KnownSentences(["A failed payout was paid: {1}"])

    /// - Parameter reason: what somebody typed stays as it is.
    public static func said(_ reason: String) -> String { sentences.said(reason) }
}
