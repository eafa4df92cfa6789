/// Why a payout was not made, in the language of the page or letter: what the market wrote of it.
/// What a bank or a provider said stays as it is.
public enum PayoutFailure {
    static let keys = [
        Payout.partTakenBackWords,
        "It was stopped: {1}.", "The bank sent it back.", "The market took it back.",
        "The provider could not pay it.", "The provider does not pay out any more.",
        "The provider has not paid it.",
    ]
    private static let sentences = KnownSentences(keys)

    /// In German: `The bank sent it back.` → `Die Bank hat sie zurückgesandt.`
    public static func said(_ failure: String) -> String { sentences.said(failure) }
}
