/// A sentence with places, found again in what was made of it.
struct SentencePattern: Sendable {
    let key: String
    /// How much of it is fixed: of two that fit, the one that says more is meant.
    let weight: Int
    private let pieces: [Places.Piece]

    /// Nil for a text without places.
    init?(_ key: String) {
        pieces = Places.pieces(key)
        guard pieces.contains(where: { if case .place = $0 { true } else { false } }) else {
            return nil
        }
        self.key = key
        weight = pieces.reduce(0) { sum, piece in
            if case .literal(let text) = piece { sum + text.utf8.count } else { sum }
        }
    }

    /// Whether something is left to translate beside its places.
    var hasWords: Bool {
        pieces.contains { piece in
            if case .literal(let text) = piece { text.contains(where: \.isLetter) } else { false }
        }
    }

    /// What stands at the places; nil when `sentence` is another one.
    func values(in sentence: String) -> [String: String]? {
        var values: [String: String] = [:]
        var rest = sentence[...]
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let text):
                guard rest.hasPrefix(text) else { return nil }
                rest = rest.dropFirst(text.count)
            case .place(let name):
                guard index + 1 < pieces.count else {
                    values[name] = String(rest)
                    rest = ""
                    break
                }
                guard case .literal(let next) = pieces[index + 1] else { return nil }
                // The last fixed piece stands at the very end.
                let range =
                    index + 2 == pieces.count && rest.hasSuffix(next)
                    ? rest.index(rest.endIndex, offsetBy: -next.count)..<rest.endIndex
                    : rest.firstRange(of: next)
                guard let range else { return nil }
                values[name] = String(rest[..<range.lowerBound])
                rest = rest[range.lowerBound...]
            }
        }
        return rest.isEmpty ? values : nil
    }
}
