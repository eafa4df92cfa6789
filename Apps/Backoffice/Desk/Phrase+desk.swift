import Kernel
import Vocabulary

extension Phrase {
    /// A time in place of words: `found.paidAt.map(Phrase.time) ?? "not yet"`.
    static func time(_ instant: Instant) -> Phrase { .data(Format.time(instant)) }
}

extension String {
    /// How a commission was worked out. English stays as the books have it.
    var workedOut: String {
        Words.current.language == .english ? self : CommissionWords.explanation(self)
    }

    /// Why one rule held and not the others.
    var reasoned: String {
        Words.current.language == .english ? self : CommissionWords.reasoning(self)
    }
}
