import Foundation

/// The catalogue of one language: what our pages and letters say in it, by what they say in
/// English.
public final class Words: Sendable {
    enum Entry: Equatable, Sendable, Decodable {
        case text(String)
        /// With one, with any other number.
        case forms(one: String, other: String)

        init(from decoder: any Decoder) throws {
            let value = try decoder.singleValueContainer()
            do {
                self = .text(try value.decode(String.self))
                return
            } catch DecodingError.typeMismatch { /* two forms, then */  }
            let forms = try value.decode([String].self)
            guard forms.count == 2 else {
                throw DecodingError.dataCorruptedError(
                    in: value, debugDescription: "a text or two forms")
            }
            self = .forms(one: forms[0], other: forms[1])
        }
    }

    /// English stands in the sources.
    public static let english = Words(.english, [:], sentences: [])

    /// Those of the page that is being made. Answers to programs are English.
    @TaskLocal public static var current = Words.english

    public let language: Language
    let entries: [String: Entry]
    /// Whole sentences whose places were filled in before they came here.
    private let sentences: [SentencePattern]

    init(_ language: Language, _ entries: [String: Entry], sentences: [String]) {
        self.language = language
        self.entries = entries
        self.sentences = sentences.compactMap { SentencePattern($0) }
            .sorted { $0.weight > $1.weight }
    }

    /// Reads `<folder>/<language>/*.json`, objects of texts and of `[one, other]` by the English
    /// text. A later folder wins over an earlier one.
    /// - Throws: files that cannot be read, or are no such objects.
    package convenience init(_ language: Language, folders: [URL]) throws {
        var entries: [String: Entry] = [:]
        var sentences: [String] = []
        for folder in folders {
            let own = folder.appendingPathComponent(language.code)
            for name in try FileManager.default.contentsOfDirectory(atPath: own.path).sorted()
            where name.hasSuffix(".json") {
                let members: [String: Entry]
                do {
                    members = try JSONDecoder().decode(
                        [String: Entry].self,
                        from: Data(contentsOf: own.appendingPathComponent(name)))
                } catch { throw UnreadableWords(file: "\(language.code)/\(name)") }
                entries.merge(members) { $1 }
                if name.hasPrefix("sentences") { sentences += members.keys }
            }
        }
        self.init(language, entries, sentences: sentences)
    }

    func say(_ phrase: Phrase) -> String {
        var text = phrase.key
        if case .text(let own) = entries[phrase.key] { text = own }
        guard !phrase.values.isEmpty else { return text }
        return Places.fill(text) { place in
            Int(place).flatMap {
                phrase.values.indices.contains($0 - 1) ? phrase.values[$0 - 1] : nil
            }
        }
    }

    /// `3 things` by the English of one and of several.
    func count(_ number: Int, _ one: String, _ many: String) -> String {
        guard case .forms(let single, let other) = entries["{n} \(many)"] else {
            return "\(number) \(number == 1 ? one : many)"
        }
        let form = language.isSingular(number) ? single : other
        return Places.fill(form) { $0 == "n" ? String(number) : nil }
    }

    package func name(_ english: String) -> String {
        if case .text(let text) = entries[english] { text } else { english }
    }

    /// A finished English sentence of ours, such as what a refusal explains; nil for one that no
    /// catalogue has.
    package func sentence(_ english: String) -> String? {
        guard language != .english else { return english }
        if case .text(let text) = entries[english] { return text }
        for pattern in sentences {
            guard let values = pattern.values(in: english),
                case .text(let text) = entries[pattern.key]
            else { continue }
            return Places.fill(text) { place in
                values[place].map { value in
                    switch place {
                    // What our sentences call an input is one of our words as well.
                    case "field", "what": name(value)
                    case "number": value.replacing(".", with: ",")
                    case "money", "more": CommissionWords.money(value[...])
                    default: value
                    }
                }
            }
        }
        return nil
    }
}

/// A catalogue that is missing, or is no object of texts and of `[one, other]`.
struct UnreadableWords: Error {
    let file: String
}

/// `{name}` within a text.
enum Places {
    /// - Parameter value: nil leaves the place as it is written.
    static func fill(_ text: String, _ value: (String) -> String?) -> String {
        var filled = ""
        filled.reserveCapacity(text.utf8.count + 32)
        for piece in pieces(text) {
            switch piece {
            case .literal(let literal): filled += literal
            case .place(let name): filled += value(name) ?? "{\(name)}"
            }
        }
        return filled
    }

    enum Piece: Equatable {
        case literal(String)
        case place(String)
    }

    static func pieces(_ text: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            pieces.append(.place(String(rest[rest.index(after: open)..<close])))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        return pieces
    }

    /// The places of a text, sorted.
    static func names(_ text: String) -> [String] {
        pieces(text).compactMap { if case .place(let name) = $0 { name } else { nil } }.sorted()
    }
}
