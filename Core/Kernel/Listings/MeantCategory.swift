import Foundation
import Vocabulary

extension Category {
    /// Fewer letters begin too many names.
    static let meantLettersMin = 3

    /// The category of `tree` whose name in `language` is `text`, or else holds it as a word, or
    /// begins so; the widest of several. Accents and capitals make no difference.
    ///
    /// Nil in English: things are described in it, and their own words say what they are.
    static func meant(by text: String, in language: Language, of tree: [Category]) -> Category? {
        guard language != .english else { return nil }
        let typed = plain(text)
        guard typed.count >= meantLettersMin else { return nil }
        let fitting = tree.enumerated().compactMap { place, category in
            closeness(plain(category.name(in: language)), to: typed).map { closeness in
                (rank: (closeness, category.path.count, place), category: category)
            }
        }
        return fitting.min { $0.rank < $1.rank }?.category
    }

    /// 0 for the same, 3 for a word that begins so; nil for anything else.
    private static func closeness(_ name: String, to typed: String) -> Int? {
        let words = name.split { !$0.isLetter && !$0.isNumber }
        if name == typed { return 0 }
        if words.contains(where: { $0 == typed }) { return 1 }
        if name.hasPrefix(typed) { return 2 }
        return words.contains { $0.hasPrefix(typed) } ? 3 : nil
    }

    /// In small letters, without accents and without blanks around it.
    private static func plain(_ text: String) -> String {
        let apart = text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars
        let bare = apart.filter { $0.properties.generalCategory != .nonspacingMark }
        return InputText.trimmed(String(String.UnicodeScalarView(bare)))
    }
}
