import Kernel
import Metrics
import Vocabulary

extension Refusal {
    /// ``Refusal/explanation`` in the language of the page that is being made. A sentence that no
    /// catalogue has is shown in English and counted: `guildhall_untranslated_sentences_total`.
    public var localizedExplanation: String { localized(sentence: explanation) }
}

/// What a module calls something, numbers in it included, such as a tax: `VAT 19 %`. The catalogues
/// have it of the modules that ship; what others write is shown as it is.
public func localized(label english: String) -> String {
    Words.current.sentence(english) ?? english
}

/// A finished English sentence of ours in the language of the page that is being made: for those
/// that were put together where no page is known.
public func localized(sentence english: String) -> String {
    let words = Words.current
    if let text = words.sentence(english) { return text }
    Counter(
        label: "guildhall_untranslated_sentences_total",
        dimensions: [("language", words.language.code)]
    ).increment()
    return english
}
