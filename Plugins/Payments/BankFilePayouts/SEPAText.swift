import Foundation

/// Text in the character set that every bank of the SEPA area takes (EPC217-08, section 1.4):
/// `a–z A–Z 0–9 / - ? : ( ) . , ' +` and the blank.
struct SEPAText: Hashable, Sendable {
    let text: String

    /// Letters with marks lose them, some are written out, everything else becomes a full stop.
    /// Nil when no letter or digit is left.
    init?(_ typed: String, lengthMax: Int) {
        var clean = ""
        for character in typed.precomposedStringWithCanonicalMapping {
            if let written = Self.writtenOut[character] {
                clean += written
                continue
            }
            for scalar in String(character).decomposedStringWithCanonicalMapping.unicodeScalars
            where !scalar.properties.isDiacritic
                && scalar.properties.generalCategory != .nonspacingMark
            {
                clean.unicodeScalars.append(
                    Self.isAllowed(scalar) ? scalar : Self.stand(for: scalar))
            }
        }
        let words = clean.split(separator: " ", omittingEmptySubsequences: true)
        var text = String(words.joined(separator: " ").prefix(lengthMax))
        while text.hasSuffix(" ") { text.removeLast() }
        guard text.contains(where: { $0.isLetter || $0.isNumber }) else { return nil }
        self.text = text
    }

    private static func isAllowed(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "/", "-", "?", ":", "(", ")", ".", ",", "'", "+", " ":
            true
        default: false
        }
    }

    private static func stand(for scalar: Unicode.Scalar) -> Unicode.Scalar {
        scalar.properties.isWhitespace ? " " : scalar == "&" ? "+" : "."
    }

    /// As the EPC's conversion table has them, and the German way for the three umlauts.
    private static let writtenOut: [Character: String] = [
        "ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss", "æ": "ae",
        "Æ": "AE", "œ": "oe", "Œ": "OE", "ø": "o", "Ø": "O", "đ": "d", "Đ": "D", "ł": "l",
        "Ł": "L", "þ": "th", "Þ": "TH", "ð": "d", "Ð": "D", "ı": "i", "€": "E", "_": "-",
        "–": "-", "—": "-", "’": "'", "`": "'",
    ]
}
